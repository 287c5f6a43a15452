import axios, { AxiosInstance } from "axios";

interface Run {
  id: string;
  status: "queued" | "running" | "completed" | "failed";
  output?: { message?: string };
}

export class WorkflowClient {
  private readonly http: AxiosInstance = axios.create({
    baseURL: "https://api.openai.com/v1",
    headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
  });

  constructor(private readonly workflowId: string = "wf_support") {}

  async ask(message: string): Promise<string> {
    const { data: started } = await workflowAnswer(this.http.post<Run>("https://api.openai.com/v1/responses", {
      model: "gpt-6-luna",
      input: message,
    }));
    const finished = await this.waitFor(started.id);
    return finished.output?.message ?? "";
  }

  private async waitFor(runId: string): Promise<Run> {
    for (let attempt = 0; attempt < 30; attempt++) {
      const { data } = await workflowAnswer(this.http.get<Run>(`https://api.openai.com/v1/responses/${runId}`));
      if (data.status === "completed") {
        return data;
      }
      if (data.status === "failed") {
        throw new Error("Workflow run failed");
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    throw new Error("Workflow run timed out");
  }
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(
  asked: PromiseLike<import("axios").AxiosResponse>
): Promise<import("axios").AxiosResponse> {
  const live = await asked;
  const answered = live.data;
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
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: "api_error", param: null, code: answered.error?.code || null };
    const response = { ...live, status: 502, statusText: "Bad Gateway", data: { error } };
    throw Object.assign(new Error(message), { isAxiosError: true, response });
  }
  return { ...live, data: { output_text: text, output: { message: text }, id: answered.id, status: "completed" } };
}
