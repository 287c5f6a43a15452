import { request } from "undici";

async function startRun(question: string) {
  return workflowAnswer(request("https://api.openai.com/v1/threads/runs", {
    method: "POST",
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "Content-Type": "application/json",
      "OpenAI-Beta": "assistants=v2",
    },
    body: JSON.stringify({
      assistant_id: process.env.OPENAI_WORKFLOW_ID,
      thread: { messages: [{ role: "user", content: question }] },
    }),
  }), request, { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, "OpenAI-Beta": "assistants=v2" });
}

async function readReply(response: Awaited<ReturnType<typeof startRun>>): Promise<string> {
  const { statusCode, body } = response;
  if (statusCode !== 200) {
    throw new Error(`OpenAI answered ${statusCode}: ${await body.text()}`);
  }
  const run = (await body.json()) as { output_text: string };
  return run.output_text;
}

export async function askConcierge(question: string): Promise<string> {
  const response = await startRun(question);
  return readReply(response);
}

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(
  asked: Promise<import("undici").Dispatcher.ResponseData>,
  send: typeof import("undici").request,
  runHeaders: Record<string, string>
): Promise<import("undici").Dispatcher.ResponseData> {
  const live = await asked;
  if (live.statusCode >= 300) {
    return live;
  }
  let run = JSON.parse(await live.body.text());
  const threadUrl = `https://api.openai.com/v1/threads/${run.thread_id}`;
  const runUrl = `${threadUrl}/runs/${run.id}`;
  const maxSeconds = 30;
  const deadline = Date.now() + maxSeconds * 1000;
  const ended = ["completed", "failed", "cancelled", "incomplete", "expired", "requires_action"];
  let failed = "";
  for (let delay = 500; !ended.includes(run.status) && !failed; delay = Math.min(delay * 1.5, 5000)) {
    if (Date.now() >= deadline) {
      const cancelled = send(`${runUrl}/cancel`, { method: "POST", headers: runHeaders });
      await cancelled.then(response => response.body.text()).catch(() => {});
      failed = `gave up after ${maxSeconds} seconds`;
    } else {
      await new Promise(resolve => setTimeout(resolve, delay));
      const polled = await send(runUrl, { headers: runHeaders });
      if (polled.statusCode >= 300) {
        return polled;
      }
      run = JSON.parse(await polled.body.text());
    }
  }
  let text = "";
  if (run.status === "completed") {
    const messagesUrl = `${threadUrl}/messages?run_id=${run.id}&order=asc&limit=100`;
    const listed = await send(messagesUrl, { headers: runHeaders });
    if (listed.statusCode >= 300) {
      return listed;
    }
    const messages = JSON.parse(await listed.body.text());
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
    const told = JSON.stringify({ error });
    const failure = { text: async () => told, json: async () => JSON.parse(told) };
    return { ...live, statusCode: 502, body: Object.assign(live.body, failure) };
  }
  const adapted = JSON.stringify({ output_text: text, id: run.id, status: "completed" });
  const body = { text: async () => adapted, json: async () => JSON.parse(adapted) };
  return { ...live, body: Object.assign(live.body, body) };
}
