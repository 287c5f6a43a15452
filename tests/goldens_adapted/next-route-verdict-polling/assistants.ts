import { NextResponse } from "next/server";

const auth = { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, "OpenAI-Beta": "assistants=v2" };

async function begin(lease: string) {
  const res = await workflowAnswer(fetch("https://api.openai.com/v1/threads/runs", {
    method: "POST",
    headers: { ...auth, "Content-Type": "application/json", "OpenAI-Beta": "assistants=v2" },
    body: JSON.stringify({ assistant_id: process.env.WORKFLOW_ID, thread: { messages: [{ role: "user", content: lease }] } }),
  }), { ...auth, "OpenAI-Beta": "assistants=v2" });
  if (!res.ok) throw new Error(`begin: ${res.status}`);
  return res.json();
}

async function look(id: string) {
  const res = await workflowAnswer(fetch(`https://api.openai.com/v1/threads/${String(id).replace("~", "/runs/")}`, { headers: auth }), { ...auth, "OpenAI-Beta": "assistants=v2" });
  if (!res.ok) throw new Error(`look: ${res.status}`);
  return res.json();
}

async function ended(id: string, limit = 90_000) {
  const since = Date.now();
  for (;;) {
    const run = await look(id);
    if (run.status === "completed") return run;
    if (run.status === "failed") throw new Error("the flow failed");
    if (Date.now() - since > limit) throw new Error("the flow is slow");
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function verdictOf(run: any) {
  const first = run?.outputs?.[0];
  if (first?.value) return first.value;

  const said = first?.content?.[0]?.text ?? first?.text ?? "";
  if (typeof said === "string" && said.trim()) {
    try {
      return JSON.parse(said);
    } catch {
      return { raw: said };
    }
  }
  return null;
}

export async function POST(request: Request) {
  const { lease } = await request.json();
  try {
    const run = await begin(lease);
    const verdict = verdictOf(await ended(run.id));
    if (!verdict) throw new Error("no verdict");
    return NextResponse.json(verdict);
  } catch (error: any) {
    return NextResponse.json({ error: error.message }, { status: 500 });
  }
}

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(
  asked: Promise<Response>,
  runHeaders: Record<string, string>
): Promise<Response> {
  const live = await asked;
  if (!live.ok) {
    return live;
  }
  let run = await live.json();
  const threadUrl = `https://api.openai.com/v1/threads/${run.thread_id}`;
  const runUrl = `${threadUrl}/runs/${run.id}`;
  const maxSeconds = 90;
  const deadline = Date.now() + maxSeconds * 1000;
  const ended2 = ["completed", "failed", "cancelled", "incomplete", "expired", "requires_action"];
  let failed = "";
  for (let delay = 500; !ended2.includes(run.status) && !failed; delay = Math.min(delay * 1.5, 5000)) {
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
  const body = JSON.stringify({ output_text: text, outputs: [{ content: [{ text }] }], id: `${run.thread_id}~${run.id}`, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
