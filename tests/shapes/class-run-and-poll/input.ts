type Run = { id: string; status: string; output?: string; error?: string };

export default class Workflows {
  baseURL = "https://api.openai.com/v1/workflows";

  constructor(private apiKey: string) {}

  async execute(workflowId: string, text: string): Promise<string> {
    const run = await this.start(workflowId, text);
    const finished = await this.wait(workflowId, run.id);
    if (finished.status === "failed") throw new Error(finished.error ?? "Run failed");
    return finished.output ?? "";
  }

  private async start(workflowId: string, text: string): Promise<Run> {
    const res = await fetch(`${this.baseURL}/${workflowId}/runs`, {
      method: "POST",
      headers: this.headers(),
      body: JSON.stringify({ inputs: { text } }),
    });
    if (!res.ok) throw new Error(`start: ${res.status}`);
    return res.json();
  }

  private async wait(workflowId: string, runId: string): Promise<Run> {
    for (;;) {
      const res = await fetch(`${this.baseURL}/${workflowId}/runs/${runId}`, { headers: this.headers() });
      if (!res.ok) throw new Error(`wait: ${res.status}`);
      const run: Run = await res.json();
      if (run.status !== "queued" && run.status !== "in_progress") return run;
      await new Promise((r) => setTimeout(r, 800));
    }
  }

  private headers() {
    return {
      Authorization: `Bearer ${this.apiKey}`,
      "Content-Type": "application/json",
      "OpenAI-Beta": "workflows=v1",
    };
  }
}
