const OPENAI_API = "https://api.openai.com/v1";
const key = Deno.env.get("OPENAI_API_KEY")!;
const workflow = Deno.env.get("OPENAI_WORKFLOW_ID")!;

function pickText(run: any): string {
  if (typeof run?.output_text === "string") return run.output_text;
  const first = run?.output?.[0]?.content?.[0]?.text;
  return typeof first === "string" ? first : "";
}

Deno.serve({ port: 8000 }, async (req) => {
  const { message, userId } = await req.json();

  const res = await fetch(`${OPENAI_API}/workflows/${workflow}/runs`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${key}`,
      "Content-Type": "application/json",
      "OpenAI-Beta": "workflows=v1",
    },
    body: JSON.stringify({ input: { message } }),
  });

  if (!res.ok) {
    return Response.json({ error: await res.text(), userId }, { status: 502 });
  }

  const run = await res.json();
  return Response.json({ reply: pickText(run), userId, at: new Date().toISOString() });
});
