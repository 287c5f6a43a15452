interface Env {
  OPENAI_API_KEY: string;
  OPENAI_WORKFLOW_ID: string;
}

export const onRequestPost = async ({ request, env }: { request: Request; env: Env }) => {
  const { message } = await request.json<any>();
  const res = await fetch(`https://api.openai.com/v1/workflows/${env.OPENAI_WORKFLOW_ID}/runs`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${env.OPENAI_API_KEY}`,
      'Content-Type': 'application/json',
      'OpenAI-Beta': 'workflows=v1',
    },
    body: JSON.stringify({ input: { message } }),
  });
  if (!res.ok) return new Response('workflow failed', { status: 502 });
  const data = await res.json<any>();
  return Response.json({ reply: data.output_text });
};
