import OpenAI from "openai";
import { NextResponse } from "next/server";

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

export async function POST(req: Request) {
  const { message } = await req.json();
  const api = openai.responses;
  if (!api || !api.create) {
    return NextResponse.json({ error: "no workflows here" }, { status: 501 });
  }
  try {
    let run = await workflowAnswer(api.create({
      model: "gpt-6-luna",
      input: message,
    }));
    while (run.status === "queued" || run.status === "in_progress") {
      await new Promise((r) => setTimeout(r, 1000));
      run = await workflowAnswer(api.retrieve(run.id));
    }
    if (run.status !== "completed") {
      return NextResponse.json({ error: `ended as ${run.status}` }, { status: 502 });
    }
    return NextResponse.json({ reply: run.output_text ?? "" });
  } catch (error) {
    return NextResponse.json({ error: String(error) }, { status: 500 });
  }
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked: PromiseLike<any>): Promise<any> {
  const answered = await asked;
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
  return { output_text: text, id: answered.id, status: "completed" };
}
