const KEY = process.env.OPENAI_API_KEY;
const FLOW = (process.env.WORKFLOW_ID || "").trim();
const PROJECT = process.env.OPENAI_PROJECT_ID || ""; // optional
const VERSION = process.env.FLOW_VERSION || "";

function apiHeaders() {
  const all = {
    Authorization: `Bearer ${KEY}`,
    "OpenAI-Beta": "workflows=v2",
    "Content-Type": "application/json",
  };
  if (PROJECT) all["OpenAI-Project"] = PROJECT;
  return all;
}

async function begin(question) {
  const url = `https://api.openai.com/v1/workflows/${encodeURIComponent(FLOW)}/runs`;
  const payload = {
    input: { input_as_text: question || "" },
  };
  if (VERSION) payload.version = VERSION;

  const res = await fetch(url, {
    method: "POST",
    headers: apiHeaders(),
    body: JSON.stringify(payload),
  });
  const raw = await res.text();
  if (!res.ok) throw new Error(`begin: ${res.status} ${raw}`);
  const begun = JSON.parse(raw);
  const id = begun?.id || begun?.run_id || begun?.data?.id;
  if (!id) throw new Error("begin: no id");
  return id;
}

async function look(id) {
  const url = `https://api.openai.com/v1/workflows/runs/${encodeURIComponent(id)}`;
  const res = await fetch(url, { headers: apiHeaders() });
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
