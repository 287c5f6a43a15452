export async function POST(request: Request) {
  const { question } = await request.json();
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({
      workflow_id: process.env.WORKFLOW_ID,
      input: { message: question },
    }),
  });

  if (!response.ok) {
    return Response.json({ error: 'upstream failed' }, { status: 502 });
  }

  const data = await response.json();
  const answer = data.output?.message ?? '';
  return Response.json({ answer });
}
