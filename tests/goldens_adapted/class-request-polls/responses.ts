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
    const run = await workflowAnswer(this.request("/responses", {
      method: "POST",
      body: JSON.stringify({ model: "gpt-6-luna", input: message }),
    }));
    const done = await this.waitForRun(run.id);
    return done.output.text;
  }

  private async waitForRun(runId: string) {
    while (true) {
      const run = await workflowAnswer(this.request(`/responses/${runId}`));
      if (run.status === "completed") return run;
      if (["failed", "cancelled"].includes(run.status)) throw new Error(`Run ${run.status}`);
      await new Promise((r) => setTimeout(r, 1000));
    }
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
  return { output_text: text, output: { text }, id: answered.id, status: "completed" };
}
