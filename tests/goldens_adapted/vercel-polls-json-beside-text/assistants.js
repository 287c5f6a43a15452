async function taken(response) {
  const raw = await response.text();
  try {
    return { json: JSON.parse(raw), raw };
  } catch {
    return { json: null, raw };
  }
}

export default async function handler(req, res) {
  const headers = {
    "Content-Type": "application/json",
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    "OpenAI-Beta": "assistants=v2",
  };
  try {
    const startedRes = await workflowAnswer(fetch("https://api.openai.com/v1/threads/runs", {
      method: "POST",
      headers,
      body: JSON.stringify({ assistant_id: process.env.WORKFLOW_ID, thread: { messages: [{ role: "user", content: req.body.question }] } }),
    }), { ...headers, "OpenAI-Beta": "assistants=v2" });
    const started = await taken(startedRes);
    if (!startedRes.ok) {
      const why = started.json?.error?.message || started.raw || "not started";
      return res.status(startedRes.status).json({ error: `[start] ${startedRes.status}: ${why}` });
    }

    let run = started.json;
    let status = run?.status;
    for (let left = 30; left > 0 && status !== "completed" && status !== "failed"; left -= 1) {
      await new Promise((r) => setTimeout(r, 500));
      const nextRes = await workflowAnswer(fetch(`https://api.openai.com/v1/threads/${started.json.id}`, { headers }), { ...headers, "OpenAI-Beta": "assistants=v2" });
      const next = await taken(nextRes);
      if (!nextRes.ok) {
        const why = next.json?.error?.message || next.raw || "not there";
        return res.status(nextRes.status).json({ error: `[poll] ${nextRes.status}: ${why}` });
      }
      run = next.json;
      status = run?.status;
    }
    if (status !== "completed") {
      return res.status(500).json({ error: `ended as ${status ?? "nothing"}` });
    }

    const out = run?.output ?? {};
    let text = (typeof out === "string" ? out : "") || out.text || out.output_text || "";
    if (!text) text = JSON.stringify(out || run, null, 2);
    return res.status(200).json({ text: text.trim() });
  } catch (error) {
    return res.status(500).json({ error: error?.message || String(error) });
  }
}

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(asked, runHeaders) {
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
  const body = JSON.stringify({ output_text: text, output: { text }, id: `${run.thread_id}/runs/${run.id}`, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
