export const runtime = "edge";

export async function POST(req: Request) {
  const { message } = await req.json();

  const upstream = await fetch(`https://api.openai.com/v1/workflows/${process.env.OPENAI_WORKFLOW_ID}/runs`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "OpenAI-Beta": "workflows=v1",
    },
    body: JSON.stringify({ input: { message }, stream: true }),
  });

  if (!upstream.ok || !upstream.body) {
    return new Response("upstream error", { status: 502 });
  }

  return new Response(upstream.body, {
    headers: {
      "Content-Type": "text/event-stream",
      "Cache-Control": "no-cache",
    },
  });
}
