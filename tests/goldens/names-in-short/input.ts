export async function send(apiKey: string, workflow_id: string, message: string) {
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${apiKey}`
    },
    body: JSON.stringify({
      workflow_id,
      input: { message }
    })
  });
  const data = await response.json();
  const text = data.output?.message || data.output || '';
  return text;
}
