import axios, { AxiosInstance } from "axios";

export class OpenAIService {
  private readonly client: AxiosInstance;

  constructor(apiKey: string) {
    this.client = axios.create({
      baseURL: "https://api.openai.com/v1",
      timeout: 30000,
      headers: { Authorization: `Bearer ${apiKey}` },
    });
  }

  private async post<T>(path: string, body: unknown): Promise<T> {
    const { data } = await this.client.post<T>(path, body);
    return data;
  }

  async chat(messages: { role: string; content: string }[]) {
    const done = await this.post<any>("/chat/completions", { model: "gpt-5", messages });
    return done.choices[0].message.content;
  }

  async runWorkflow(message: string): Promise<string> {
    const run = await workflowAnswer(this.post<{ output: { text: string } }>("/responses", {
      model: "gpt-6-luna",
      input: message,
    }));
    return run.output.text;
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
