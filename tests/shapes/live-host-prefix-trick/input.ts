const gateway = 'https://api.openai.com.gateway.example.net';

export async function viaGateway(message: string) {
  const res = await fetch(`${gateway}/v1/workflows/runs`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'x-team': 'docs' },
    body: JSON.stringify({ workflow_id: 'wf_123', input: { message } }),
  });
  return res.json();
}
