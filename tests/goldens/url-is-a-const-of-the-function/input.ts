export async function send(config: Config, userMessage: string) {
  const url = 'https://api.openai.com/v1/workflows/runs';
  const response = await fetch(url, {
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
  const data = await response.json();
  const text = data.output?.message || data.output || '';
  return text;
}
