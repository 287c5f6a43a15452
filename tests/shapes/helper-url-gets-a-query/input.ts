const runsOf = (id: string) => `https://api.openai.com/v1/workflows/${id}/runs`;

export async function runWorkflow(message: string, version?: string): Promise<string> {
  let url = runsOf(process.env.WORKFLOW_ID ?? 'wf_123');
  if (version) {
    url += `?version=${encodeURIComponent(version)}`;
  }
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ input: { message } }),
  });
  const raw = await response.text();
  if (!response.ok) throw new Error(`Version ${version ?? 'latest'} failed: ${response.status}`);
  const run = JSON.parse(raw);
  return run.output_text || run.output?.message || '';
}
