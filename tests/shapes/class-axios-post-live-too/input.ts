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
    const run = await this.post<{ output: { text: string } }>("/workflows/runs", {
      workflow_id: process.env.OPENAI_WORKFLOW_ID,
      input: { message },
    });
    return run.output.text;
  }
}
