export async function send(key: string, id: string, q: string) {
  const r = await fetch('https://api.openai.com/v1/workflows/runs', { method: 'POST', headers: { Authorization: `Bearer ${key}` }, body: JSON.stringify({ workflow_id: id, input: { message: q } }) });
  const d = await r.json();
  return d.output?.message || d.output || '';
}
