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

    const run = await workflowAnswer(client.beta.threads.createAndRunPoll({
      assistant_id: process.env.OPENAI_WORKFLOW_ID!,
      thread: { messages: [{ role: "user", content: message }] },
    }, { pollIntervalMs: 1000, signal: AbortSignal.timeout(30000) }), client);

    return NextResponse.json({ reply: run.output_text ?? run.output?.message ?? "" });
  } catch (err) {
    console.error(err);
    return NextResponse.json({ error: "Workflow failed" }, { status: 500 });
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
