const BASE = "https://api.openai.com/v1";

interface WorkflowRun {
  id: string;
  status: "queued" | "in_progress" | "completed" | "failed";
  output?: { text: string };
  error?: { message: string };
}

async function api<T>(path: string, init: RequestInit = {}): Promise<T> {
  const res = await fetch(`${BASE}${path}`, {
    ...init,
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "Content-Type": "application/json",
      ...(path.startsWith("/threads/") ? { "OpenAI-Beta": "assistants=v2" } : {}),
    },
  });
  if (!res.ok) throw new Error(`OpenAI ${res.status}`);
  return (await res.json()) as T;
}

export async function listModels() {
  const { data } = await api<{ data: { id: string }[] }>("/models");
  return data.map((model) => model.id);
}

export async function runWorkflow(workflowId: string, message: string): Promise<string> {
  let run = await workflowAnswer(api<WorkflowRun>("/threads/runs", {
    method: "POST",
    body: JSON.stringify({ assistant_id: workflowId, thread: { messages: [{ role: "user", content: message }] } }),
  }), { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, "OpenAI-Beta": "assistants=v2" });
  while (run.status === "queued" || run.status === "in_progress") {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    run = await workflowAnswer(api<WorkflowRun>(`/threads/${run.id}`), { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, "OpenAI-Beta": "assistants=v2" });
  }
  if (run.status === "failed") throw new Error(run.error?.message ?? "failed");
  return run.output?.text ?? "";
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
  return { output_text: text, output: { text }, id: `${run.thread_id}/runs/${run.id}`, status: "completed" };
}
