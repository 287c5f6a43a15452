export class Concierge {
  constructor(private readonly apiKey: string) {}

  async reply(message: string): Promise<string> {
    const payload = this.request(message.trim());
    const res = await workflowAnswer(fetch("https://api.openai.com/v1/responses", {
      method: "POST",
      headers: this.headers(),
      body: JSON.stringify(payload),
    }));
    if (!res.ok) throw new Error(`concierge: ${res.status}`);
    const data = await res.json();
    return data.output?.text ?? data.output_text ?? "";
  }

  private request(message: string) {
    if (!message) throw new Error("nothing is asked");
    return {
      model: "gpt-6-luna",
      input: message,
    };
  }

  private headers(): Record<string, string> {
    return { Authorization: `Bearer ${this.apiKey}`, "Content-Type": "application/json" };
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
  const body = JSON.stringify({ output_text: text, output: { text }, id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
