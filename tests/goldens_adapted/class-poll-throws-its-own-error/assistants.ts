export class RunFailed extends Error {
  constructor(message: string, readonly runId?: string) {
    super(message);
  }
}

interface Run {
  id: string;
  status: string;
  output?: { answer?: string; text?: string };
  error?: { message: string } | null;
}

export class Librarian {
  constructor(private readonly apiKey: string, private readonly workflowId: string) {}

  async ask(question: string): Promise<string> {
    const { id } = await workflowAnswer(this.send("https://api.openai.com/v1/threads/runs", {
      method: "POST",
      body: JSON.stringify({ assistant_id: this.workflowId, thread: { messages: [{ role: "user", content: question }] } }),
    }), { Authorization: `Bearer ${this.apiKey}`, "OpenAI-Beta": "assistants=v2" });
    const run = await this.poll(id);
    return run.output?.answer ?? run.output?.text ?? "";
  }

  private async poll(runId: string): Promise<Run> {
    for (let i = 0; i < 60; i++) {
      const run = await workflowAnswer(this.send(`https://api.openai.com/v1/threads/${String(runId).replace("~", "/runs/")}`), { Authorization: `Bearer ${this.apiKey}`, "OpenAI-Beta": "assistants=v2" });
      if (run.status === "completed") return run;
      if (run.status === "failed" || run.status === "cancelled") {
        throw new RunFailed(run.error?.message ?? `run ${run.status}`, runId);
      }
      await new Promise((r) => setTimeout(r, 800));
    }
    throw new RunFailed("timed out", runId);
  }

  private async send(url: string, init: RequestInit = {}): Promise<Run> {
    const res = await fetch(url, {
      ...init,
      headers: {
        Authorization: `Bearer ${this.apiKey}`,
        "Content-Type": "application/json",
        "OpenAI-Beta": "assistants=v2",
      },
    });
    if (!res.ok) throw new RunFailed(`HTTP ${res.status}`);
    return (await res.json()) as Run;
  }
}

const librarian = new Librarian(process.env.OPENAI_API_KEY ?? "", process.env.WORKFLOW_ID ?? "");

export const ask = (question: string) => librarian.ask(question);

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
  const maxSeconds = 48;
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
  return { output_text: text, output: { answer: text }, id: `${run.thread_id}~${run.id}`, status: "completed" };
}
