const URL = 'https://api.openai.com/v1/workflows/runs';

export async function first(config: Config, userMessage: string) {
  let text = '';
  const response = await fetch(URL, {
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
  text = data.output?.message || data.output || '';
  return text;
}

export async function second(config: Config, userMessage: string) {
  const response = await fetch(URL, {
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
