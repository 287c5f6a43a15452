const BASE = 'http://localhost:8000';

export async function trigger(id, payload) {
  const response = await fetch(`${BASE}/v1/workflows/${id}/runs`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(payload),
  });
  return response.json();
}
