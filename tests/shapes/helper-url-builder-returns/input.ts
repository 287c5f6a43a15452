const API = 'https://api.openai.com/v1';

function runsUrl(id: string, version?: string): string {
  if (version) return `${API}/workflows/${id}/runs?version=${version}`;
  return `${API}/workflows/${id}/runs`;
}

export async function runWorkflow(message: string, version?: string): Promise<string> {
  const response = await fetch(runsUrl(process.env.WORKFLOW_ID ?? 'wf_123', version), {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ input: { message } }),
  });
  if (!response.ok) throw new Error(`Version ${version ?? 'latest'} failed: ${response.status}`);
  const run = await response.json();
  return run.output_text;
}
