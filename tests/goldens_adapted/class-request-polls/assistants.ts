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
    const run = await workflowAnswer(this.request("/threads/runs", {
      method: "POST",
      body: JSON.stringify({ assistant_id: this.workflowId, thread: { messages: [{ role: "user", content: message }] } }),
      headers: { "OpenAI-Beta": "assistants=v2" },
    }), { Authorization: `Bearer ${this.apiKey}`, "OpenAI-Beta": "assistants=v2" });
    const done = await this.waitForRun(run.id);
    return done.output.text;
  }

  private async waitForRun(runId: string) {
    while (true) {
      const run = await workflowAnswer(this.request(`/threads/${String(runId).replace("~", "/runs/")}`, { headers: { "OpenAI-Beta": "assistants=v2" } }), { Authorization: `Bearer ${this.apiKey}`, "OpenAI-Beta": "assistants=v2" });
      if (run.status === "completed") return run;
      if (["failed", "cancelled"].includes(run.status)) throw new Error(`Run ${run.status}`);
      await new Promise((r) => setTimeout(r, 1000));
    }
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
  return { output_text: text, output: { text }, id: `${run.thread_id}~${run.id}`, status: "completed" };
}
