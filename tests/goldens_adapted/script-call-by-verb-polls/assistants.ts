interface Run {
  id: string;
  status: "queued" | "in_progress" | "completed" | "succeeded" | "failed" | "cancelled";
  output_text?: string;
  output?: unknown;
  error?: { message?: string };
}

const HEADERS = {
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  "Content-Type": "application/json",
  "OpenAI-Beta": "assistants=v2",
};
const WORKFLOW = process.env.WORKFLOW_ID;
const DONE = new Set(["completed", "succeeded"]);

async function call<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
  const res = await fetch(`https://api.openai.com/v1${path}`, {
    method,
    headers: HEADERS,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await res.text();
  if (!res.ok) throw new Error(`${method} ${path}: ${res.status} ${text}`);
  return JSON.parse(text) as T;
}

async function main(): Promise<void> {
  let run = await workflowAnswer(call<Run>("POST", "/threads/runs", {
    assistant_id: WORKFLOW,
    thread: { messages: [{ role: "user", content: typeof process.argv[2] === "string" ? process.argv[2] : JSON.stringify(process.argv[2]) }] },
  }), { ...HEADERS, "OpenAI-Beta": "assistants=v2" });
  console.error("started", run.id);
  while (!DONE.has(run.status)) {
    if (run.status === "failed" || run.status === "cancelled") {
      throw new Error(run.error?.message ?? run.status);
    }
    await new Promise((r) => setTimeout(r, 1000));
    run = await workflowAnswer(call<Run>("GET", `/threads/${run.id}`), { ...HEADERS, "OpenAI-Beta": "assistants=v2" });
  }
  process.stdout.write(`${run.output_text ?? JSON.stringify(run.output)}\n`);
}

main().catch((e: Error) => {
  console.error(e.message);
  process.exit(2);
});

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
