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
  private readonly runs = "https://api.openai.com/v1/workflows";

  constructor(private readonly apiKey: string, private readonly workflowId: string) {}

  async ask(question: string): Promise<string> {
    const { id } = await this.send(`${this.runs}/${this.workflowId}/runs`, {
      method: "POST",
      body: JSON.stringify({ input: { question } }),
    });
    const run = await this.poll(id);
    return run.output?.answer ?? run.output?.text ?? "";
  }

  private async poll(runId: string): Promise<Run> {
    for (let i = 0; i < 60; i++) {
      const run = await this.send(`${this.runs}/runs/${runId}`);
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
        "OpenAI-Beta": "workflows=v1",
      },
    });
    if (!res.ok) throw new RunFailed(`HTTP ${res.status}`);
    return (await res.json()) as Run;
  }
}

const librarian = new Librarian(process.env.OPENAI_API_KEY ?? "", process.env.WORKFLOW_ID ?? "");

export const ask = (question: string) => librarian.ask(question);
