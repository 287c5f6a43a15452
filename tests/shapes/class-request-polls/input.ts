export class WorkflowService {
  private baseUrl = "https://api.openai.com/v1";
  constructor(private apiKey: string, private workflowId: string) {}

  private async request(path: string, options: RequestInit = {}) {
    const res = await fetch(`${this.baseUrl}${path}`, {
      ...options,
      headers: {
        Authorization: `Bearer ${this.apiKey}`,
        "Content-Type": "application/json",
        ...options.headers,
      },
    });
    if (!res.ok) throw new Error(`OpenAI API error: ${res.status}`);
    return res.json();
  }

  async run(message: string): Promise<string> {
    const run = await this.request("/workflows/runs", {
      method: "POST",
      body: JSON.stringify({ workflow_id: this.workflowId, input: { message } }),
    });
    const done = await this.waitForRun(run.id);
    return done.output.text;
  }

  private async waitForRun(runId: string) {
    while (true) {
      const run = await this.request(`/workflows/runs/${runId}`);
      if (run.status === "completed") return run;
      if (["failed", "cancelled"].includes(run.status)) throw new Error(`Run ${run.status}`);
      await new Promise((r) => setTimeout(r, 1000));
    }
  }
}
