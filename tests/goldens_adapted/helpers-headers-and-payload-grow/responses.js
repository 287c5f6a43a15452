const KEY = process.env.OPENAI_API_KEY;
const PROJECT = process.env.OPENAI_PROJECT_ID || ""; // optional

function apiHeaders() {
  const all = {
    Authorization: `Bearer ${KEY}`,
    "Content-Type": "application/json",
  };
  if (PROJECT) all["OpenAI-Project"] = PROJECT;
  return all;
}

async function begin(question) {
  const payload = {
    model: "gpt-6-luna",
    input: question || "",
  };

  const res = await workflowAnswer(fetch("https://api.openai.com/v1/responses", {
    method: "POST",
    headers: apiHeaders(),
    body: JSON.stringify(payload),
  }));
  const raw = await res.text();
  if (!res.ok) throw new Error(`begin: ${res.status} ${raw}`);
  const begun = JSON.parse(raw);
  const id = begun?.id || begun?.run_id || begun?.data?.id;
  if (!id) throw new Error("begin: no id");
  return id;
}

async function look(id) {
  const res = await workflowAnswer(fetch(`https://api.openai.com/v1/responses/${id}`, { headers: apiHeaders() }));
  const raw = await res.text();
  if (!res.ok) throw new Error(`look: ${res.status} ${raw}`);
  return JSON.parse(raw);
}

function lastText(run) {
  const part = run?.output?.[0]?.content?.[0];
  if (part?.type === "output_text" && typeof part?.text === "string") return part.text.trim();
  return "(no text)";
}

async function ask(question, limit = { ms: 15000, every: 1200 }) {
  const id = await begin(question);
  const start = Date.now();
  while (Date.now() - start < limit.ms) {
    const run = await look(id);
    const state = run?.status || "";
    if (state === "completed" || state === "succeeded") return lastText(run);
    if (state === "failed" || state === "cancelled") throw new Error(`ask: ${state}`);
    await new Promise((done) => setTimeout(done, limit.every));
  }
  throw new Error("ask: it takes too long");
}

module.exports = async (req, res) => {
  try {
    res.status(200).json({ reply: await ask(req.body.question) });
  } catch (error) {
    res.status(502).json({ error: error.message });
  }
};

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
