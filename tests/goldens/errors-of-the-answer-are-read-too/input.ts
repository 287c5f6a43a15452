export async function send(config: Config, userMessage: string) {
  let text = '';
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${config.apiKey}`
    },
    body: JSON.stringify({
      workflow_id: config.workflowId,
      input: {
        message: userMessage
      }
    })
  });
  if (!response.ok) {
    const data = await response.json().catch(() => ({}));
    console.error('failed', data);
    throw new Error(data.error?.message || response.statusText);
  }
  const data = await response.json();
  console.log('answer', data);
  if (data.error) {
    throw new Error(data.error.message);
  }
  text = data.output?.message || data.output || '';
  return { id: data.id, text };
}
