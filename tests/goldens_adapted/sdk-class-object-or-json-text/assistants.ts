import OpenAI from "openai";

export interface Plan {
  title: string;
  summary: string;
}

const openai: any = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

export class Planner {
  constructor(private readonly workflowId = process.env.WORKFLOW_ID) {}

  async plan(prompt: string): Promise<{ ok: boolean; plan?: Plan; error?: string }> {
    try {
      const run = await workflowAnswer(openai.beta.threads.createAndRunPoll({
        assistant_id: this.workflowId,
        thread: { messages: [{ role: "user", content: prompt }] },
      }, { pollIntervalMs: 1000, signal: AbortSignal.timeout(30000) }), openai);

      const result = run.output ?? run.result ?? run;
      let plan: Plan | null = null;
      if ((result as any).output) plan = (result as any).output;
      else if ((result as any).title && (result as any).summary) plan = result as any;

      if (typeof result === "string") {
        try {
          plan = JSON.parse(result);
        } catch {
          plan = { title: "Plan", summary: result };
        }
      }
      if (!plan) return { ok: false, error: "Unexpected response" };
      return { ok: true, plan };
    } catch (error: any) {
      return { ok: false, error: error.message };
    }
  }
}

export const plan = (prompt: string) => new Planner().plan(prompt);

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
  return { output_text: text, output: text, id: run.id, status: "completed" };
}
