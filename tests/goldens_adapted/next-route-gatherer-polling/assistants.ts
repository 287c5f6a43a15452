import { NextRequest, NextResponse } from "next/server";

// Whatever comes back, put all of its texts one below the other.
function gather(run: any): string {
  const found: string[] = [];
  const take = (part: any) => {
    if (!part) return;
    if (typeof part === "string") {
      found.push(part);
      return;
    }
    if (Array.isArray(part)) {
      part.forEach(take);
      return;
    }
    if (typeof part === "object") {
      if (typeof part.output_text === "string") found.push(part.output_text);
      if (typeof part.text === "string") found.push(part.text);
      if (part.output) take(part.output);
      if (part.value) take(part.value);
    }
  };
  take(run);
  return found.join("\n").trim();
}

async function ask(question: string): Promise<string> {
  const headers = {
    Authorization: `Bearer ${process.env.OPENAI_API_KEY!}`,
    "Content-Type": "application/json",
    "OpenAI-Beta": "assistants=v2",
  };
  const started = await workflowAnswer(fetch("https://api.openai.com/v1/threads/runs", {
    method: "POST",
    headers,
    body: JSON.stringify({ assistant_id: process.env.WORKFLOW_ID!, thread: { messages: [{ role: "user", content: question }] } }),
  }), { ...headers, "OpenAI-Beta": "assistants=v2" });
  if (!started.ok) {
    throw new Error(`start ${started.status}: ${await started.text()}`);
  }
  const first = await started.json();
  const runId = first.id || first.run_id;

  const until = Date.now() + 20000;
  while (Date.now() < until) {
    const again = await workflowAnswer(fetch(`https://api.openai.com/v1/threads/${runId}`, { headers }), { ...headers, "OpenAI-Beta": "assistants=v2" });
    if (!again.ok) {
      throw new Error(`run ${again.status}`);
    }
    const run = await again.json();
    if (run.status === "completed") return gather(run);
    if (run.status === "failed" || run.status === "cancelled") {
      throw new Error(`run ${run.status}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("the run takes too long");
}

export async function POST(req: NextRequest) {
  const { question } = await req.json();
  try {
    return NextResponse.json({ reply: await ask(question) });
  } catch (error) {
    return NextResponse.json({ error: String(error) }, { status: 502 });
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
  const body = JSON.stringify({ output_text: text, id: `${run.thread_id}/runs/${run.id}`, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
