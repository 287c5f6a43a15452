import { NextResponse } from "next/server";

type Turn = { role: "user" | "assistant"; content: string };

const MOST_TURNS = 3;

export async function POST(request: Request) {
  const { turns } = (await request.json()) as { turns?: Turn[] };
  if (!turns?.length) {
    return NextResponse.json({ error: "Say something first." }, { status: 400 });
  }

  const upstream = await workflowAnswer(fetch("https://api.openai.com/v1/responses", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ model: "gpt-6-luna", input: turns.filter((turn) => turn.content).slice(-MOST_TURNS) }),
  }));

  const raw = await upstream.text();
  if (!upstream.ok) {
    console.error("desk", upstream.status, raw);
    return NextResponse.json({ error: "The desk does not answer." }, { status: 502 });
  }
  const run = JSON.parse(raw);
  return NextResponse.json({ reply: run.output_text ?? run.output?.[0]?.content?.[0]?.text ?? "" });
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
  const body = JSON.stringify({ output_text: text, id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
