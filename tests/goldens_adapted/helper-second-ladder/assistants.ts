import OpenAI from "openai";

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

function gathered(run: any): string {
  if (typeof run?.output_text === "string") return run.output_text;
  const found: string[] = [];
  for (const item of run?.output ?? []) {
    for (const part of item?.content ?? []) {
      if (typeof part?.text === "string") found.push(part.text);
    }
  }
  return found.join("\n");
}

export async function answer(text: string) {
  const run = await workflowAnswer(openai.beta.threads.createAndRunPoll({
    assistant_id: process.env.WORKFLOW_ID!,
    thread: { messages: [{ role: "user", content: text }] },
  }, { pollIntervalMs: 1000, signal: AbortSignal.timeout(30000) }), openai);

  const kept: unknown = run?.output?.response ?? run?.output?.data ?? run?.output ?? null;
  const reply = gathered(run).trim();
  if (!reply) throw new Error("The workflow said nothing");
  return { reply, kept };
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
  return { output_text: text, output: { response: text }, id: run.id, status: "completed" };
}
