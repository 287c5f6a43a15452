export async function runWorkflow(message: string) {
  const res = await fetch('/api/v1/workflows/runs', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow_id: 'wf_123', input: { message } }),
  });
  if (!res.ok) throw new Error('run failed');
  const data = await res.json();
  return data.output?.message ?? '';
}
