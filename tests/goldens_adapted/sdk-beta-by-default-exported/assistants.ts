import OpenAI from "openai";

// The other routes of the app use this client too.
export const openai = new OpenAI({
  apiKey: process.env.OPENAI_API_KEY,
  defaultHeaders: { "OpenAI-Beta": "workflows=v2" },
});

export async function askConcierge(question: string): Promise<string> {
  const run = await workflowAnswer((openai as any).beta.threads.createAndRunPoll({
    assistant_id: process.env.OPENAI_WORKFLOW_ID!,
    thread: { messages: [{ role: "user", content: question }] },
  }, { pollIntervalMs: 1000, signal: AbortSignal.timeout(30000) }), openai);
  return run.output_text;
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
