const BASE = 'https://api.openai.com/v1';

const common = {
  'Content-Type': 'application/json',
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
};

const options = {
  method: 'POST',
  headers: { ...common, 'OpenAI-Beta': 'workflows=v1', 'OpenAI-Project': process.env.OPENAI_PROJECT_ID! },
};

export async function complete(message: string) {
  const res = await fetch(`${BASE}/workflows/runs`, {
    ...options,
    body: JSON.stringify({ workflow_id: 'wf_123', input: { message } }),
  });
  if (!res.ok) throw new Error(String(res.status));
  const json = await res.json();
  return json.output_text as string;
}
