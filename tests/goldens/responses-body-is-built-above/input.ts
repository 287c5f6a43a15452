export async function send(config: Config, userMessage: string) {
  const payload = {
    workflow_id: config.workflowId,
    input: {
      message: userMessage
    }
  };
  console.time('ask');
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${config.apiKey}`
    },
    body: JSON.stringify(payload)
  });
  const data = await response.json();
  const text = data.output?.message || data.output || '';
  return text;
}
