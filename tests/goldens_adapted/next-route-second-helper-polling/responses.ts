import { NextResponse } from "next/server";

function headers() {
  return {
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    "Content-Type": "application/json",
  };
}

async function waitForRun(workflowId: string, runId: string) {
  for (let i = 0; i < 40; i++) {
    const res = await workflowAnswer2(fetch(`https://api.openai.com/v1/responses/${runId}`, { headers: headers() }));
    const run = await res.json();
    if (run.status === "completed" || run.status === "succeeded") return run;
    if (run.status === "failed" || run.status === "cancelled") {
      throw new Error(run.error?.message || "Run failed");
    }
    await new Promise((resolve) => setTimeout(resolve, 1500));
  }
  throw new Error("Timed out");
}

export async function POST(req: Request) {
  const { message } = await req.json();
  const workflowId = process.env.WORKFLOW_ID!;
  try {
    const created = await workflowAnswer(fetch("https://api.openai.com/v1/responses", {
      method: "POST",
      headers: headers(),
      body: JSON.stringify({ model: "gpt-6-luna", input: message }),
    }));
    if (!created.ok) throw new Error(`create: ${created.status}`);
    const { id } = await created.json();
    const run = await waitForRun(workflowId, id);
    return NextResponse.json({ reply: run.output?.text ?? run.output_text ?? "" });
  } catch (e) {
    console.error(e);
    return NextResponse.json({ error: "The assistant is not available" }, { status: 500 });
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
  const headers2 = { "Content-Type": "application/json" };
  if (answered.status !== "completed" || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: "api_error", param: null, code: answered.error?.code || null };
    return new Response(JSON.stringify({ error }), { status: 502, headers: headers2 });
  }
  const body = JSON.stringify({ output_text: text, output: { text }, id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers: headers2 });
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
// The file would show an error for an answer, so what is no answer is thrown.
async function workflowAnswer2(asked: Promise<Response>): Promise<Response> {
  const live = await asked;
  if (!live.ok) {
    throw new Error(`Responses API error ${live.status}: ${await live.text()}`);
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
  if (answered.status !== "completed" || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    throw new Error(`Response ${answered.status}: ${reason || 'no text'}`);
  }
  const headers2 = { "Content-Type": "application/json" };
  const body = JSON.stringify({ output_text: text, output: { text }, id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers: headers2 });
}
