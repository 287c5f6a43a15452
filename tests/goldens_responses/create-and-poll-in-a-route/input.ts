import { NextRequest, NextResponse } from "next/server";
import OpenAI from "openai";

const openai = new OpenAI();

export async function POST(request: NextRequest) {
  const { message } = await request.json();

  const thread = await openai.beta.threads.create({
    messages: [{ role: "user", content: message }],
  });

  const run = await openai.beta.threads.runs.createAndPoll(thread.id, {
    assistant_id: process.env.ASSISTANT_ID!,
  });

  if (run.status === "completed") {
    const messages = await openai.beta.threads.messages.list(run.thread_id);
    const answer = messages.data[0].content[0];
    return NextResponse.json({ reply: answer.type === "text" ? answer.text.value : "" });
  }
  return NextResponse.json({ error: run.last_error?.message, status: run.status }, { status: 502 });
}
