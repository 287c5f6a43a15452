import { NextResponse } from "next/server";

const API_BASE = (process.env.OPENAI_API_BASE?.trim() || "https://api.openai.com").replace(/\/+$/, "");

async function runAgent(question: string) {
  const headers: Record<string, string> = {
    "Content-Type": "application/json",
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  };
  if (process.env.OPENAI_PROJECT) {
    headers["OpenAI-Project"] = process.env.OPENAI_PROJECT;
  }

  const started = await workflowAnswer(fetch(`${API_BASE}/v1/responses`, {
    method: "POST",
    headers,
    body: JSON.stringify({ model: "gpt-6-luna", input: question }),
  }));
  if (!started.ok) {
    const problem = await started.json().catch(() => ({}));
    throw new Error(problem.error?.message || `HTTP ${started.status}`);
  }

  let run = await started.json();
  for (let look = 0; (run.status === "queued" || run.status === "in_progress") && look < 40; look++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const seen = await workflowAnswer(fetch(`${API_BASE}/v1/responses/${run.run_id}`, { method: "GET", headers }));
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

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked: Promise<Response>): Promise<Response> {
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
  const body = JSON.stringify({ output_text: text, output: text, run_id: answered.id, id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
