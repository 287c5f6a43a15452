const OPENAI_BASE = process.env.CHATKIT_API_BASE ?? 'https://api.openai.com';
const workflowId = process.env.NEXT_PUBLIC_CHATKIT_WORKFLOW_ID ?? 'wf_123';

export async function POST(req: Request): Promise<Response> {
  const upstream = await fetch(`${OPENAI_BASE}/v1/chatkit/sessions`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'OpenAI-Beta': 'chatkit_beta=v1',
    },
    body: JSON.stringify({ workflow: { id: workflowId }, user: 'u1' }),
  });
  const json = await upstream.json().catch(() => ({}));
  return Response.json({ client_secret: json?.client_secret ?? null }, { status: upstream.status });
}
