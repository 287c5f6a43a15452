export async function POST(req: Request) {
  const { message } = await req.json();
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ workflow_id: process.env.WORKFLOW_ID, input: { message }, stream: true }),
  });
  if (!res.ok) return Response.json({ error: 'upstream' }, { status: res.status });
  const headers = { 'Content-Type': 'text/event-stream' };
  return new Response(res.body, { headers });
}
