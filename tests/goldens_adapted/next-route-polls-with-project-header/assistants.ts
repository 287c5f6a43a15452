import { NextResponse } from "next/server";

const API_BASE = (process.env.OPENAI_API_BASE?.trim() || "https://api.openai.com").replace(/\/+$/, "");

async function runAgent(question: string) {
  const headers: Record<string, string> = {
    "Content-Type": "application/json",
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    "OpenAI-Beta": "assistants=v2",
  };
  if (process.env.OPENAI_PROJECT) {
    headers["OpenAI-Project"] = process.env.OPENAI_PROJECT;
  }

  const started = await workflowAnswer(fetch(`${API_BASE}/v1/threads/runs`, {
    method: "POST",
    headers,
    body: JSON.stringify({ assistant_id: process.env.WORKFLOW_ID, thread: { messages: [{ role: "user", content: question }] } }),
  }), { ...headers, "OpenAI-Beta": "assistants=v2" }, `${API_BASE}/v1`);
  if (!started.ok) {
    const problem = await started.json().catch(() => ({}));
    throw new Error(problem.error?.message || `HTTP ${started.status}`);
  }

  let run = await started.json();
  for (let look = 0; (run.status === "queued" || run.status === "in_progress") && look < 40; look++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const seen = await workflowAnswer(fetch(`${API_BASE}/v1/threads/${run.run_id}`, { method: "GET", headers }), { ...headers, "OpenAI-Beta": "assistants=v2" }, `${API_BASE}/v1`);
    if (!seen.ok) {
      throw new Error(`HTTP ${seen.status}`);
    }
    run = await seen.json();
  }
  if (run.status === "completed" && run.output) {
    return run.output;
  }
  throw new Error(run.error || "The agent did not finish.");
}

export async function POST(request: Request) {
  const { question } = await request.json();
  try {
    const reply = await runAgent(question);
    return NextResponse.json({ reply });
  } catch (error) {
    const message = error instanceof Error ? error.message : "Unknown";
    return NextResponse.json({ error: message }, { status: 502 });
  }
}

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(
  asked: Promise<Response>,
  runHeaders: Record<string, string>,
  baseUrl: string
): Promise<Response> {
  const live = await asked;
  if (!live.ok) {
    return live;
  }
  let run = await live.json();
  const threadUrl = `${baseUrl}/threads/${run.thread_id}`;
  const runUrl = `${threadUrl}/runs/${run.id}`;
  const maxSeconds = 20;
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
  const body = JSON.stringify({ output_text: text, output: text, run_id: `${run.thread_id}/runs/${run.id}`, id: `${run.thread_id}/runs/${run.id}`, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
