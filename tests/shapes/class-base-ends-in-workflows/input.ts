export class ConciergeWorkflow {
  readonly #baseUrl = "https://api.openai.com/v1/workflows";

  constructor(private apiKey: string, private workflowId: string) {}

  async ask(question: string): Promise<string> {
    const started = await this.post(`/${this.workflowId}/runs`, { input: { question } });
    for (let attempt = 0; attempt < 30; attempt++) {
      const run = await this.get(`/${this.workflowId}/runs/${started.id}`);
      if (run.status === "completed") return run.output_text;
      if (run.status === "failed") throw new Error(run.error?.message ?? "The run failed");
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    throw new Error("The run took too long");
  }

  private async get(path: string): Promise<any> {
    const response = await fetch(this.#baseUrl + path, { headers: this.headers() });
    if (!response.ok) throw new Error(`OpenAI answered ${response.status}`);
    return response.json();
  }

  private async post(path: string, body: unknown): Promise<any> {
    const response = await fetch(this.#baseUrl + path, {
      method: "POST",
      headers: this.headers(),
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`OpenAI answered ${response.status}`);
    return response.json();
  }

  private headers() {
    return {
      Authorization: `Bearer ${this.apiKey}`,
      "Content-Type": "application/json",
      "OpenAI-Beta": "workflows=v1",
    };
  }
}
