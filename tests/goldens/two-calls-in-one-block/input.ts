export async function both(config: Config, question: string, draft: string) {
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
        message: question
      }
    })
  });
  const data = await response.json();
  text = data.output?.message || data.output || '';

  let better = '';
  const response2 = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${config.apiKey}`
    },
    body: JSON.stringify({
      workflow_id: config.workflowId,
      input: {
        message: draft
      }
    })
  });
  const data2 = await response2.json();
  better = data2.output?.message || data2.output || '';
  return [text, better];
}
