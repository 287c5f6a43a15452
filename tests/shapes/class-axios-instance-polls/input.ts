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
    const { data: started } = await this.http.post<Run>(`/workflows/${this.workflowId}/runs`, {
      input: { message },
    });
    const finished = await this.waitFor(started.id);
    return finished.output?.message ?? "";
  }

  private async waitFor(runId: string): Promise<Run> {
    for (let attempt = 0; attempt < 30; attempt++) {
      const { data } = await this.http.get<Run>(`/workflows/${this.workflowId}/runs/${runId}`);
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
