const KEY = process.env.OPENAI_API_KEY;
const PROJECT = process.env.OPENAI_PROJECT_ID || "";

export default async function handler(req, res) {
  const answer = await workflowAnswer(fetch("https://api.openai.com/v1/responses", {
    method: "POST",
    headers: {
      Authorization: `Bearer ${KEY}`,
      "Content-Type": "application/json",
      ...(PROJECT ? { "OpenAI-Project": PROJECT } : {}),
    },
    body: JSON.stringify({
      model: "gpt-6-luna",
      input: req.body.text,
    }),
  }));
  const raw = await answer.text();
  if (!answer.ok) {
    console.error("the run failed", answer.status, raw);
    return res.status(502).json({ error: "Please try again" });
  }
  const run = JSON.parse(raw);
  const part = run?.output?.[0]?.content?.[0];
  const said = part?.type === "output_text" ? part?.text : null;
  return res.status(200).json({ reply: said || "Nothing was said" });
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked) {
  const live = await asked;
  if (!live.ok) {
    return live;
  }
  const answered = await live.json();
  let text = "";
  let finalText = "";
  let refusal = "";
  for (const item of answered.output || []) {
    for (const part of item.type === "message" ? item.content : []) {
      refusal += part.refusal || "";
      text += part.type === "output_text" ? part.text : "";
      finalText += part.type === "output_text" && item.phase === "final_answer" ? part.text : "";
    }
  }
  text = finalText || text;
  const headers = { "Content-Type": "application/json" };
  if (answered.status !== "completed" || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: "api_error", param: null, code: answered.error?.code || null };
    return new Response(JSON.stringify({ error }), { status: 502, headers });
  }
  const body = JSON.stringify({ output_text: text, output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text }] }], id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
