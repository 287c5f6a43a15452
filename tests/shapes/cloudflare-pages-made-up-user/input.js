// Asks the agent for a visitor of the page, and hands its answer on.
export async function onRequestPost({ request, env }) {
  const { question } = await request.json();
  if (!question) return Response.json({ error: 'question is missing' }, { status: 400 });

  const payload = {
    workflow: env.WORKFLOW_VERSION
      ? { id: env.OPENAI_WORKFLOW_ID, version: env.WORKFLOW_VERSION }
      : { id: env.OPENAI_WORKFLOW_ID },
    session_id: crypto.randomUUID(),
    user: request.headers.get('x-visitor') || `guest-${Math.random().toString(36).slice(2, 10)}`,
    metadata: { asked_at: new Date().toISOString() },
    input: { question },
  };

  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${env.OPENAI_API_KEY}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify(payload),
  });
  if (!response.ok) {
    return Response.json({ error: `the agent answered ${response.status}` }, { status: 502 });
  }
  const result = await response.json();
  return Response.json({ answer: result.output_text ?? result.output?.text ?? '' });
}
