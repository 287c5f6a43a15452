interface Run {
  id: string;
  status: string;
  output_text?: string;
  error?: { message: string };
}

class Summarizer {
  private static instance: Summarizer;
  private readonly init: { method: "POST"; headers: Record<string, string> };

  private constructor() {
    this.init = {
      method: "POST",
      headers: {
        Authorization: "Bearer " + process.env.OPENAI_API_KEY,
        "Content-Type": "application/json",
      },
    };
  }

  static get(): Summarizer {
    return (Summarizer.instance ??= new Summarizer());
  }

  async run(text: string): Promise<string> {
    const body = JSON.stringify({ model: "gpt-6-luna", input: text });
    const res = await workflowAnswer(fetch("https://api.openai.com/v1/responses", { ...this.init, body }));
    if (!res.ok) throw new Error(`summary: ${res.status}`);
    const run = (await res.json()) as Run;
    if (run.status === "failed") throw new Error(run.error?.message ?? "failed");
    return run.output_text ?? "";
  }
}

export const summarize = (text: string) => Summarizer.get().run(text);

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
  const body = JSON.stringify({ output_text: text, id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
