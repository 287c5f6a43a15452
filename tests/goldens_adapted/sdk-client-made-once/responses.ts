import OpenAI from "openai";
import { NextResponse } from "next/server";

let cached: OpenAI | null = null;

function getOpenAI(): OpenAI {
  const apiKey = process.env.OPENAI_API_KEY;
  if (!apiKey) {
    throw new Error("OPENAI_API_KEY is not set");
  }
  if (!cached) {
    cached = new OpenAI({ apiKey });
  }
  return cached;
}

export async function POST(req: Request) {
  try {
    const { message } = await req.json();
    const client = getOpenAI() as any;

    const run = await workflowAnswer(client.responses.create({
      model: "gpt-6-luna",
      input: message,
    }));

    return NextResponse.json({ reply: run.output_text ?? run.output?.message ?? "" });
  } catch (err) {
    console.error(err);
    return NextResponse.json({ error: "Workflow failed" }, { status: 500 });
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
