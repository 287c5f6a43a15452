import OpenAI from "openai";

const KEY = process.env.OPENAI_API_KEY;
const PROJECT = process.env.OPENAI_PROJECT;
const WORKFLOW = process.env.OPENAI_WORKFLOW_ID || "";
const client = new OpenAI({ apiKey: KEY });

// The words of a run, wherever they are.
const wordsOf = (run) => {
  const item = run?.output?.[0] || run?.result?.output?.[0];
  const part = item?.content?.[0];
  if (part?.type === "output_text" && part?.text) return part.text;
  if (part?.type === "text" && part?.text) return part.text;
  if (Array.isArray(run?.output) && typeof run.output[0] === "string") return run.output[0];
  return null;
};

export async function reply(question) {
  try {
    const known = client?.beta?.threads?.createAndRunPoll;
    if (typeof known === "function") {
      const run = await workflowAnswer(client.beta.threads.createAndRunPoll({
        assistant_id: WORKFLOW,
        thread: { messages: [{ role: "user", content: question }] },
      }, { pollIntervalMs: 1000, signal: AbortSignal.timeout(30000) }), client);
      const words = wordsOf(run);
      return words ? words.trim() : "No words.";
    }

    // An old package: by hand.
    const headers = { Authorization: `Bearer ${KEY}`, "Content-Type": "application/json", "OpenAI-Beta": "assistants=v2" };
    if (PROJECT) headers["OpenAI-Project"] = PROJECT;
    const res = await workflowAnswer2(fetch("https://api.openai.com/v1/threads/runs", {
      method: "POST",
      headers,
      body: JSON.stringify({ assistant_id: WORKFLOW, thread: { messages: [{ role: "user", content: question }] } }),
    }), { ...headers, "OpenAI-Beta": "assistants=v2" });
    const raw = await res.text();
    if (!res.ok) {
      console.error("workflow:", res.status, raw);
      return "Something broke.";
    }
    const words = wordsOf(JSON.parse(raw));
    return words ? words.trim() : "No words.";
  } catch (error) {
    console.error("workflow:", error);
    return "Something broke.";
  }
}

// Takes an ended Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(asked, client2) {
  const run = await asked;
  let text = "";
  let failed;
  if (run.status === "completed") {
    const listing = { run_id: run.id, order: "asc", limit: 100 };
    const messages = await client2.beta.threads.messages.list(run.thread_id, listing);
    const parts = [];
    for (const message of messages.data) {
      parts.push(...(message.role === "assistant" ? message.content : []));
    }
    const refused = parts.find(part => part.type === "refusal");
    failed = refused ? `refused: ${refused.refusal}` : "";
    text = parts.filter(part => part.type === "text").map(part => part.text.value).join("\n\n");
  } else {
    failed = run.last_error?.message || run.incomplete_details?.reason || run.status;
  }
  if (failed || !text) {
    throw new Error(`Assistant run ${run.status}: ${failed || 'no text'}`);
  }
  return { output_text: text, output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text }] }], id: run.id, status: "completed" };
}

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer2(asked, runHeaders) {
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
  const body = JSON.stringify({ output_text: text, output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text }] }], id: run.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
