export async function send(key: string, id: string, userMessage: string) {
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` },
    body: JSON.stringify({ workflow_id: id, input: { message: userMessage } })
  });
  const data = await response.json();
  const text = data.output?.message || data.output || '';
  return text;
}
