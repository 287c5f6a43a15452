import OpenAI from "openai";
import { NextResponse } from "next/server";

const openai = new OpenAI();

export async function POST(req: Request) {
  const { message } = await req.json();
  try {
    const run = await workflowAnswer(openai.beta.threads.createAndRunPoll({
      assistant_id: process.env.OPENAI_WORKFLOW_ID!,
      thread: { messages: [{ role: "user", content: message }] },
    }, { pollIntervalMs: 1000, signal: AbortSignal.timeout(30000) }), openai);
    return NextResponse.json({ reply: run.output_text });
  } catch (err) {
    console.error("workflow failed", err);
    return NextResponse.json({ error: "Workflow failed" }, { status: 502 });
  }
}

// Takes an ended Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(asked: PromiseLike<any>, client: any): Promise<any> {
  const run = await asked;
  let text = "";
  let failed: string;
  if (run.status === "completed") {
    const listing = { run_id: run.id, order: "asc", limit: 100 };
    const messages = await client.beta.threads.messages.list(run.thread_id, listing);
    const parts = [];
    for (const message of messages.data) {
      parts.push(...(message.role === "assistant" ? message.content : []));
    }
    const refused = parts.find(part => part.type === "refusal");
    failed = refused ? `refused: ${refused.refusal}` : "";
    text = parts.filter(part => part.type === "text").map(part => part.text.value).join("\n\n");
  } else {
    failed = run.last_error?.message || run.incomplete_details?.reason || run.status;
  }
  if (failed || !text) {
    throw new Error(`Assistant run ${run.status}: ${failed || 'no text'}`);
  }
  return { output_text: text, id: run.id, status: "completed" };
}
