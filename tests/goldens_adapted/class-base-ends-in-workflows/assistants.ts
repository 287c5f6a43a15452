export class ConciergeWorkflow {
  readonly #baseUrl = "https://api.openai.com/v1";

  constructor(private apiKey: string, private workflowId: string) {}

  async ask(question: string): Promise<string> {
    const started = await workflowAnswer(this.post("/threads/runs", { assistant_id: this.workflowId, thread: { messages: [{ role: "user", content: question }] } }), { ...this.headers(), "OpenAI-Beta": "assistants=v2" });
    for (let attempt = 0; attempt < 30; attempt++) {
      const run = await workflowAnswer(this.get(`/threads/${started.id}`), { ...this.headers(), "OpenAI-Beta": "assistants=v2" });
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
      "OpenAI-Beta": "assistants=v2",
    };
  }
}

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(
  asked: PromiseLike<any>,
  runHeaders: Record<string, string>
): Promise<any> {
  let run = await asked;
  if (!run?.id) {
    throw new Error(`Assistants API error: ${run?.error?.message || 'no run was started'}`);
  }
  const threadUrl = `https://api.openai.com/v1/threads/${run.thread_id}`;
  const runUrl = `${threadUrl}/runs/${run.id}`;
  const maxSeconds = 30;
  const deadline = Date.now() + maxSeconds * 1000;
  const ended = ["completed", "failed", "cancelled", "incomplete", "expired", "requires_action"];
  let failed = "";
  for (let delay = 500; !ended.includes(run.status) && !failed; delay = Math.min(delay * 1.5, 5000)) {
    if (Date.now() >= deadline) {
      await fetch(`${runUrl}/cancel`, { method: "POST", headers: runHeaders }).catch(() => {});
      failed = `gave up after ${maxSeconds} seconds`;
    } else {
      await new Promise(resolve => setTimeout(resolve, delay));
      const polled = await fetch(runUrl, { headers: runHeaders });
      if (!polled.ok) {
        throw new Error(`Assistants API error ${polled.status}: ${await polled.text()}`);
      }
      run = await polled.json();
    }
  }
  let text = "";
  if (run.status === "completed") {
    const messagesUrl = `${threadUrl}/messages?run_id=${run.id}&order=asc&limit=100`;
    const listed = await fetch(messagesUrl, { headers: runHeaders });
    if (!listed.ok) {
      throw new Error(`Assistants API error ${listed.status}: ${await listed.text()}`);
    }
    const messages = await listed.json();
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
    throw new Error(`Assistant run ${run.status}: ${failed || 'no text'}`);
  }
  return { output_text: text, id: `${run.thread_id}/runs/${run.id}`, status: "completed" };
}
