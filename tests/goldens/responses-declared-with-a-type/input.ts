export async function send(config: Config, userMessage: string) {
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
  const data: any = await response.json();
  const text: string = data.output?.message || data.output || '';
  return text.trim();
}
