const OPENAI_API_KEY = Deno.env.get("OPENAI_API_KEY");
const WORKFLOW_ID = Deno.env.get("WORKFLOW_ID");

const post = async (path: string, payload: unknown) => {
  try {
    const res = await fetch(`https://api.openai.com/v1${path}`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${OPENAI_API_KEY}`,
        "Content-Type": "application/json",
        "OpenAI-Beta": "workflows=v1",
      },
      body: JSON.stringify(payload),
    });
    const text = await res.text();
    return { ok: res.ok, status: res.status, text };
  } catch (error) {
    return { ok: false, status: 0, text: String(error) };
  }
};

Deno.serve(async (req) => {
  const { prompt } = await req.json();

  const first = await post("/workflows/runs", { workflow_id: WORKFLOW_ID, input: { message: prompt } });
  if (first.ok) {
    const data = JSON.parse(first.text);
    return Response.json({ text: data.output_text ?? data.output });
  }

  const second = await post(`/workflows/${WORKFLOW_ID}/runs`, { input: { message: prompt } });
  if (second.ok) {
    const data = JSON.parse(second.text);
    return Response.json({ text: data.output_text ?? data.output });
  }

  return new Response(second.text, { status: second.status || 502 });
});
