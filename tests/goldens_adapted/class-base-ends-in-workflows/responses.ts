export class ConciergeWorkflow {
  readonly #baseUrl = "https://api.openai.com/v1";

  constructor(private apiKey: string, private workflowId: string) {}

  async ask(question: string): Promise<string> {
    const started = await workflowAnswer(this.post("/responses", { model: "gpt-6-luna", input: question }));
    for (let attempt = 0; attempt < 30; attempt++) {
      const run = await workflowAnswer(this.get(`/responses/${started.id}`));
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
    };
  }
}

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
  return { output_text: text, id: answered.id, status: "completed" };
}
