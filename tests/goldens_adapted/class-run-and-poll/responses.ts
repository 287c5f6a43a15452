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
    const res = await workflowAnswer(fetch("https://api.openai.com/v1/responses", {
      method: "POST",
      headers: this.headers(),
      body: JSON.stringify({ model: "gpt-6-luna", input: text }),
    }));
    if (!res.ok) throw new Error(`start: ${res.status}`);
    return res.json();
  }

  private async wait(workflowId: string, runId: string): Promise<Run> {
    for (;;) {
      const res = await workflowAnswer(fetch(`https://api.openai.com/v1/responses/${runId}`, { headers: this.headers() }));
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
    };
  }
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked: Promise<Response>): Promise<Response> {
  const live = await asked;
  if (!live.ok) {
    return live;
  }
  const answered = await live.json();
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
  const headers = { "Content-Type": "application/json" };
  if (answered.status !== "completed" || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: "api_error", param: null, code: answered.error?.code || null };
    return new Response(JSON.stringify({ error }), { status: 502, headers });
  }
  const body = JSON.stringify({ output_text: text, output: text, id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
