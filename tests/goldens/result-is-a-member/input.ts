export async function send(config: Config, userMessage: string, result: Result) {
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
  result.text = data.output?.message || data.output || '';
  if (!result.text) {
    throw new Error('No response received from workflow');
  }
  result.done = true;
}
