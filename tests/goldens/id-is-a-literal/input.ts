export async function send(apiKey: string, userMessage: string) {
  let text = '';
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${apiKey}`
    },
    body: JSON.stringify({
      workflow_id: 'wf_68a1',
      input: {
        message: userMessage
      }
    })
  });
  const data = await response.json();
  text = data.output?.message || data.output || '';
  return text;
}
