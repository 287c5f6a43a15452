const ENGINE = 'https://flows.internal.example.com/v1';

export async function startFlow(flowId: string, payload: Record<string, unknown>) {
  const res = await fetch(`${ENGINE}/workflows/${flowId}/runs`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Engine-Token': process.env.ENGINE_TOKEN! },
    body: JSON.stringify({ input: payload }),
  });
  if (!res.ok) throw new Error(`engine: ${res.status}`);
  return res.json();
}
