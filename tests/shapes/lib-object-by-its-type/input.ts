interface Outline {
  title: string;
  steps: string[];
}

const WORKFLOW_ID = 'wf_outline';

export async function outline(message: string): Promise<Outline> {
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ workflow_id: WORKFLOW_ID, input: { message } }),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  const run = await response.json();
  if (run.status !== 'completed') {
    throw new Error(run.error?.message ?? 'The workflow failed');
  }
  return run.output;
}
