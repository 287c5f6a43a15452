export class RunFailed extends Error {
  constructor(message: string, readonly runId?: string) {
    super(message);
  }
}

interface Run {
  id: string;
  status: string;
  output?: { answer?: string; text?: string };
  error?: { message: string } | null;
}

export class Librarian {
  constructor(private readonly apiKey: string, private readonly workflowId: string) {}

  async ask(question: string): Promise<string> {
    const { id } = await workflowAnswer(this.send("https://api.openai.com/v1/responses", {
      method: "POST",
      body: JSON.stringify({ model: "gpt-6-luna", input: question }),
    }));
    const run = await this.poll(id);
    return run.output?.answer ?? run.output?.text ?? "";
  }

  private async poll(runId: string): Promise<Run> {
    for (let i = 0; i < 60; i++) {
      const run = await workflowAnswer(this.send(`https://api.openai.com/v1/responses/${runId}`));
      if (run.status === "completed") return run;
      if (run.status === "failed" || run.status === "cancelled") {
        throw new RunFailed(run.error?.message ?? `run ${run.status}`, runId);
      }
      await new Promise((r) => setTimeout(r, 800));
    }
    throw new RunFailed("timed out", runId);
  }

  private async send(url: string, init: RequestInit = {}): Promise<Run> {
    const res = await fetch(url, {
      ...init,
      headers: {
        Authorization: `Bearer ${this.apiKey}`,
        "Content-Type": "application/json",
      },
    });
    if (!res.ok) throw new RunFailed(`HTTP ${res.status}`);
    return (await res.json()) as Run;
  }
}

const librarian = new Librarian(process.env.OPENAI_API_KEY ?? "", process.env.WORKFLOW_ID ?? "");

export const ask = (question: string) => librarian.ask(question);

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
  return { output_text: text, output: { answer: text }, id: answered.id, status: "completed" };
}
