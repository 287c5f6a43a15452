export const config = { runtime: 'edge' };

export default async function handler(req: Request): Promise<Response> {
  const { prompt } = await req.json();

  const upstreamRequest = new Request('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'OpenAI-Beta': 'workflows=v1',
    },
    body: JSON.stringify({ workflow_id: process.env.WORKFLOW_ID, input: { message: prompt } }),
  });

  const upstream = await fetch(upstreamRequest);
  if (!upstream.ok) {
    return Response.json({ error: 'The workflow failed' }, { status: 502 });
  }
  const data = await upstream.json();
  return Response.json({ reply: data.output_text ?? data.output?.text ?? '' });
}
