const BASE_URL = process.env.AI_BASE_URL;

export async function run(message: string) {
  const res = await fetch(`${BASE_URL}/v1/workflows/runs`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ workflow_id: process.env.WORKFLOW_ID, input: { message } }),
  });
  const data = await res.json();
  return data.output?.message || '';
}
