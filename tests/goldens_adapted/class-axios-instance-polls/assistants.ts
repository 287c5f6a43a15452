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
    const { data: started } = await workflowAnswer(this.http.post<Run>("https://api.openai.com/v1/threads/runs", {
      assistant_id: this.workflowId,
      thread: { messages: [{ role: "user", content: message }] },
    }, { headers: { "OpenAI-Beta": "assistants=v2" } }), this.http, { "OpenAI-Beta": "assistants=v2" });
    const finished = await this.waitFor(started.id);
    return finished.output?.message ?? "";
  }

  private async waitFor(runId: string): Promise<Run> {
    for (let attempt = 0; attempt < 30; attempt++) {
      const { data } = await workflowAnswer(this.http.get<Run>(`https://api.openai.com/v1/threads/${String(runId).replace("~", "/runs/")}`, { headers: { "OpenAI-Beta": "assistants=v2" } }), this.http, { "OpenAI-Beta": "assistants=v2" });
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

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(
  asked: PromiseLike<import("axios").AxiosResponse>,
  client: import("axios").AxiosInstance,
  runHeaders: Record<string, string>
): Promise<import("axios").AxiosResponse> {
  const live = await asked;
  let run = live.data;
  const threadUrl = `https://api.openai.com/v1/threads/${run.thread_id}`;
  const runUrl = `${threadUrl}/runs/${run.id}`;
  const maxSeconds = 15;
  const deadline = Date.now() + maxSeconds * 1000;
  const ended = ["completed", "failed", "cancelled", "incomplete", "expired", "requires_action"];
  let failed = "";
  for (let delay = 500; !ended.includes(run.status) && !failed; delay = Math.min(delay * 1.5, 5000)) {
    if (Date.now() >= deadline) {
      await client.post(`${runUrl}/cancel`, undefined, { headers: runHeaders }).catch(() => {});
      failed = `gave up after ${maxSeconds} seconds`;
    } else {
      await new Promise(resolve => setTimeout(resolve, delay));
      const polled = await client.get(runUrl, { headers: runHeaders });
      run = polled.data;
    }
  }
  let text = "";
  if (run.status === "completed") {
    const messagesUrl = `${threadUrl}/messages?run_id=${run.id}&order=asc&limit=100`;
    const listed = await client.get(messagesUrl, { headers: runHeaders });
    const messages = listed.data;
    const parts = [];
    for (const message of messages.data) {
      parts.push(...(message.role === "assistant" ? message.content : []));
    }
    const refused = parts.find(part => part.type === "refusal");
    failed = refused ? `refused: ${refused.refusal}` : "";
    text = parts.filter(part => part.type === "text").map(part => part.text.value).join("\n\n");
  } else {
    failed = failed || run.last_error?.message || run.incomplete_details?.reason || run.status;
  }
  if (failed || !text) {
    const message = `Assistant run ${run.status}: ${failed || 'no text'}`;
    const error = { message, type: "api_error", param: null, code: run.last_error?.code || null };
    const response = { ...live, status: 502, statusText: "Bad Gateway", data: { error } };
    throw Object.assign(new Error(message), { isAxiosError: true, response });
  }
  return { ...live, data: { output_text: text, output: { message: text }, id: `${run.thread_id}~${run.id}`, status: "completed" } };
}
