const KEY = process.env.OPENAI_API_KEY;
const FLOW = (process.env.WORKFLOW_ID || "").trim();
const PROJECT = process.env.OPENAI_PROJECT_ID || ""; // optional

function apiHeaders() {
  const all = {
    Authorization: `Bearer ${KEY}`,
    "OpenAI-Beta": "assistants=v2",
    "Content-Type": "application/json",
  };
  if (PROJECT) all["OpenAI-Project"] = PROJECT;
  return all;
}

async function begin(question) {
  const payload = {
    assistant_id: FLOW,
    thread: { messages: [{ role: "user", content: question || "" }] },
  };

  const res = await workflowAnswer(fetch("https://api.openai.com/v1/threads/runs", {
    method: "POST",
    headers: apiHeaders(),
    body: JSON.stringify(payload),
  }), { ...apiHeaders(), "OpenAI-Beta": "assistants=v2" });
  const raw = await res.text();
  if (!res.ok) throw new Error(`begin: ${res.status} ${raw}`);
  const begun = JSON.parse(raw);
  const id = begun?.id || begun?.run_id || begun?.data?.id;
  if (!id) throw new Error("begin: no id");
  return id;
}

async function look(id) {
  const res = await workflowAnswer(fetch(`https://api.openai.com/v1/threads/${String(id).replace("~", "/runs/")}`, { headers: apiHeaders() }), { ...apiHeaders(), "OpenAI-Beta": "assistants=v2" });
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

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(asked, runHeaders) {
  const live = await asked;
  if (!live.ok) {
    return live;
  }
  let run = await live.json();
  const threadUrl = `https://api.openai.com/v1/threads/${run.thread_id}`;
  const runUrl = `${threadUrl}/runs/${run.id}`;
  const maxSeconds = 30;
  const deadline = Date.now() + maxSeconds * 1000;
  const ended = ["completed", "failed", "cancelled", "incomplete", "expired", "requires_action"];
  let failed = "";
  for (let delay = 500; !ended.includes(run.status) && !failed; delay = Math.min(delay * 1.5, 5000)) {
    if (Date.now() >= deadline) {
      await fetch(`${runUrl}/cancel`, { method: "POST", headers: runHeaders }).catch(() => {});
      failed = `gave up after ${maxSeconds} seconds`;
    } else {
      await new Promise(resolve => setTimeout(resolve, delay));
      const polled = await fetch(runUrl, { headers: runHeaders });
      if (!polled.ok) {
        return polled;
      }
      run = await polled.json();
    }
  }
  let text = "";
  if (run.status === "completed") {
    const messagesUrl = `${threadUrl}/messages?run_id=${run.id}&order=asc&limit=100`;
    const listed = await fetch(messagesUrl, { headers: runHeaders });
    if (!listed.ok) {
      return listed;
    }
    const messages = await listed.json();
    const parts = [];
    for (const message of messages.data) {
      parts.push(...(message.role === "assistant" ? message.content : []));
    }
    const refused = parts.find(part => part.type === "refusal");
    failed = refused ? `refused: ${refused.refusal}` : "";
    text = parts.filter(part => part.type === "text").map(part => part.text.value).join("\n\n");
  } else {
    failed = failed || run.last_error?.message || run.incomplete_details?.reason || run.status;
  }
  if (failed || !text) {
    const message = `Assistant run ${run.status}: ${failed || 'no text'}`;
    const error = { message, type: "api_error", param: null, code: run.last_error?.code || null };
    const failure = { status: 502, headers: { "Content-Type": "application/json" } };
    return new Response(JSON.stringify({ error }), failure);
  }
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ output_text: text, output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text }] }], id: `${run.thread_id}~${run.id}`, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
