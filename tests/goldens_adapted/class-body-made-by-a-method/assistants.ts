export class Concierge {
  constructor(private readonly apiKey: string) {}

  async reply(message: string): Promise<string> {
    const payload = this.request(message.trim());
    const res = await workflowAnswer(fetch("https://api.openai.com/v1/threads/runs", {
      method: "POST",
      headers: this.headers(),
      body: JSON.stringify(payload),
    }), { ...this.headers(), "OpenAI-Beta": "assistants=v2" });
    if (!res.ok) throw new Error(`concierge: ${res.status}`);
    const data = await res.json();
    return data.output?.text ?? data.output_text ?? "";
  }

  private request(message: string) {
    if (!message) throw new Error("nothing is asked");
    return {
      assistant_id: process.env.WORKFLOW_ID!,
      thread: { messages: [{ role: "user", content: message }] },
    };
  }

  private headers(): Record<string, string> {
    return { Authorization: `Bearer ${this.apiKey}`, "Content-Type": "application/json", "OpenAI-Beta": "assistants=v2" };
  }
}

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(
  asked: Promise<Response>,
  runHeaders: Record<string, string>
): Promise<Response> {
  const live = await asked;
  if (!live.ok) {
    return live;
  }
  let run = await live.json();
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
        return polled;
      }
      run = await polled.json();
    }
  }
  let text = "";
  if (run.status === "completed") {
    const messagesUrl = `${threadUrl}/messages?run_id=${run.id}&order=asc&limit=100`;
    const listed = await fetch(messagesUrl, { headers: runHeaders });
    if (!listed.ok) {
      return listed;
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
    const message = `Assistant run ${run.status}: ${failed || 'no text'}`;
    const error = { message, type: "api_error", param: null, code: run.last_error?.code || null };
    const failure = { status: 502, headers: { "Content-Type": "application/json" } };
    return new Response(JSON.stringify({ error }), failure);
  }
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ output_text: text, output: { text }, id: run.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
