const HEADERS = { 'Content-Type': 'application/json', Authorization: `Bearer ${process.env.OPENAI_API_KEY}` };

export async function send(id: string, userMessage: string) {
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: HEADERS,
    body: JSON.stringify({
      workflow_id: id,
      input: {
        message: userMessage
      }
    })
  });
  const data = await response.json();
  const text = data.output?.message || data.output || '';
  return text;
}

export const models = () => fetch('https://api.openai.com/v1/models', { headers: HEADERS });
