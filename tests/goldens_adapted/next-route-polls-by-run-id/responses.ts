import { NextResponse } from "next/server";

const auth = { Authorization: `Bearer ${process.env.OPENAI_API_KEY!}` };

export async function POST(request: Request) {
  const { message } = await request.json();

  const started = await workflowAnswer(fetch("https://api.openai.com/v1/responses", {
    method: "POST",
    headers: { ...auth, "Content-Type": "application/json" },
    body: JSON.stringify({ model: "gpt-6-luna", input: message }),
  }));
  if (!started.ok) {
    return NextResponse.json({ error: "not started" }, { status: 502 });
  }

  let run = await started.json();
  if (!run.run_id) {
    return NextResponse.json({ error: "no run" }, { status: 502 });
  }
  for (let tries = 0; run.status !== "completed" && tries < 20; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const again = await workflowAnswer(fetch(
      `https://api.openai.com/v1/responses/${run.run_id}`,
      { headers: { ...auth } }
    ));
    if (!again.ok) {
      return NextResponse.json({ error: "lost" }, { status: 502 });
    }
    run = await again.json();
    if (run.status === "failed") {
      return NextResponse.json({ error: "failed" }, { status: 502 });
    }
  }

  return NextResponse.json({ reply: run.output?.text ?? "Nothing came back." });
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
  const body = JSON.stringify({ output_text: text, output: { text }, run_id: answered.id, id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
