export async function send(config: Config, userMessage: string) {
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    cache: 'no-store',
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${config.apiKey}`
    },
    body: JSON.stringify({
      input: {
        message: userMessage
      },
      metadata: { page: location.pathname },
      workflow_id: config.workflowId,
      stream: false
    }, null, 2),
    keepalive: true
  });
  const data = await response.json();
  const text = data.output?.message || data.output || '';
  return text;
}
