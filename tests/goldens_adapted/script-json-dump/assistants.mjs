const id = process.env.WORKFLOW_ID;

const res = await workflowAnswer(fetch("https://api.openai.com/v1/threads/runs", {
  method: "POST",
  headers: {
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    "Content-Type": "application/json",
    "OpenAI-Beta": "assistants=v2",
  },
  body: JSON.stringify({ assistant_id: id, thread: { messages: [{ role: "user", content: process.argv[2] }] } }),
}), { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, "OpenAI-Beta": "assistants=v2" });

if (!res.ok) {
  console.error(`${res.status} ${res.statusText}`);
  console.error(await res.text());
  process.exit(1);
}

const run = await res.json();
console.log(JSON.stringify(run, null, 2));

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(asked, runHeaders) {
  const live = await asked;
  if (!live.ok) {
    return live;
  }
  let run2 = await live.json();
  const threadUrl = `https://api.openai.com/v1/threads/${run2.thread_id}`;
  const runUrl = `${threadUrl}/runs/${run2.id}`;
  const maxSeconds = 30;
  const deadline = Date.now() + maxSeconds * 1000;
  const ended = ["completed", "failed", "cancelled", "incomplete", "expired", "requires_action"];
  let failed = "";
  for (let delay = 500; !ended.includes(run2.status) && !failed; delay = Math.min(delay * 1.5, 5000)) {
    if (Date.now() >= deadline) {
      await fetch(`${runUrl}/cancel`, { method: "POST", headers: runHeaders }).catch(() => {});
      failed = `gave up after ${maxSeconds} seconds`;
    } else {
      await new Promise(resolve => setTimeout(resolve, delay));
      const polled = await fetch(runUrl, { headers: runHeaders });
      if (!polled.ok) {
        return polled;
      }
      run2 = await polled.json();
    }
  }
  let text = "";
  if (run2.status === "completed") {
    const messagesUrl = `${threadUrl}/messages?run_id=${run2.id}&order=asc&limit=100`;
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
    failed = failed || run2.last_error?.message || run2.incomplete_details?.reason || run2.status;
  }
  if (failed || !text) {
    const message = `Assistant run ${run2.status}: ${failed || 'no text'}`;
    const error = { message, type: "api_error", param: null, code: run2.last_error?.code || null };
    const failure = { status: 502, statusText: "Bad Gateway", headers: { "Content-Type": "application/json" } };
    return new Response(JSON.stringify({ error }), failure);
  }
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ output_text: text, output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text }] }], id: run2.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
