export async function send(config: Config, userMessage: string) {
  let text;
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
  const data = await response.json();
  text = data.output?.message || data.output || 'Sorry, I have no answer.';
  return text;
}
