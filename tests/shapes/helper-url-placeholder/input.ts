const API = process.env.OPENAI_BASE_URL ?? 'https://api.openai.com/v1';
const PATHS = { runs: '/workflows/{workflow_id}/runs', models: '/models/:id' };

export async function runWorkflow(message: string): Promise<string> {
  const path = PATHS.runs.replace('{workflow_id}', encodeURIComponent(process.env.WORKFLOW_ID!));
  const response = await fetch(API + path, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ input: { message } }),
  });
  const raw = await response.text();
  if (!response.ok) throw new Error(`The run failed: ${response.status}`);
  const run = JSON.parse(raw);
  return run.output_text || run.output?.message || '';
}

export async function modelOf(id: string): Promise<string> {
  const response = await fetch(API + PATHS.models.replace(/:id/, id), {
    headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
  });
  return (await response.json()).owned_by;
}
