export async function send(config: Config, userMessage: string) {
  let text = '';
  const statusResponse = await fetch('https://api.openai.com/v1/workflows/runs', {
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
  const statusData = await statusResponse.json();
  text = statusData.output?.message || statusData.output || '';
  return text;
}
