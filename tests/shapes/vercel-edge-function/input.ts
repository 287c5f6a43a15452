export const config = { runtime: "edge" };

export default async function handler(req: Request) {
  if (req.method !== "POST") return new Response("Method not allowed", { status: 405 });
  const { message } = await req.json();

  const url = `https://api.openai.com/v1/workflows/${process.env.OPENAI_WORKFLOW_ID}/runs`;
  const res = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "openai-beta": "workflows=v1",
    },
    body: JSON.stringify({ input: { message } }),
  });

  const text = await res.text();
  if (!res.ok) return new Response(JSON.stringify({ error: text }), { status: 502 });

  const { output_text } = JSON.parse(text);
  return new Response(JSON.stringify({ reply: output_text }), {
    headers: { "content-type": "application/json" },
  });
}
