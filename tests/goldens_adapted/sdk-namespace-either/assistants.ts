import OpenAI from "openai";
import { NextResponse } from "next/server";

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

export async function POST(req: Request) {
  const { message } = await req.json();
  const api = openai.beta?.threads;
  if (!api || !api.createAndRunPoll) {
    return NextResponse.json({ error: "no workflows here" }, { status: 501 });
  }
  try {
    let run = await workflowAnswer(api.createAndRunPoll({
      assistant_id: process.env.OPENAI_WORKFLOW_ID!,
      thread: { messages: [{ role: "user", content: message }] },
    }, { pollIntervalMs: 1000, signal: AbortSignal.timeout(30000) }), openai);
    while (run.status === "queued" || run.status === "in_progress") {
      await new Promise((r) => setTimeout(r, 1000));
      run = await workflowAnswer(openai.get(`/threads/${run.id}`, { headers: { "OpenAI-Beta": "assistants=v2" } }), openai);
    }
    if (run.status !== "completed") {
      return NextResponse.json({ error: `ended as ${run.status}` }, { status: 502 });
    }
    return NextResponse.json({ reply: run.output_text ?? "" });
  } catch (error) {
    return NextResponse.json({ error: String(error) }, { status: 500 });
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
  return { output_text: text, id: `${run.thread_id}/runs/${run.id}`, status: "completed" };
}
