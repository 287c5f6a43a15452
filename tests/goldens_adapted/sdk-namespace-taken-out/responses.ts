import OpenAI from "openai";
import { NextResponse } from "next/server";

const openai = new OpenAI();

export async function POST(req: Request) {
  const { message } = await req.json();
  try {
    const run = await workflowAnswer(openai.responses.create({
      model: "gpt-6-luna",
      input: message,
    }));
    return NextResponse.json({ reply: run.output_text });
  } catch (err) {
    console.error("workflow failed", err);
    return NextResponse.json({ error: "Workflow failed" }, { status: 502 });
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
