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
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const data = await response.json();
  text = data.output?.message || data.output || '';
  if (text === '') {
    metrics.count('empty');
    // Nothing to show, so say so
    return 'Sorry, no answer.';
  } else {
    metrics.count('answered');
  }
  return text;
}
