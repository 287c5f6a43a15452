const WORKFLOW_ID = "wf_68e1c0ffee";

Deno.serve(async (req) => {
  const { question } = await req.json();

  let asked = 0;
  const payload = {
    workflow_id: WORKFLOW_ID,
    input: {
      user_message: `${question} (${++asked})`,
    },
  };
  console.log("Sending", JSON.stringify(payload));

  const res = await workflowAnswer(fetch("https://api.openai.com/v1/threads/runs", {
    method: "POST",
    headers: {
      Authorization: `Bearer ${Deno.env.get("OPENAI_API_KEY")}`,
      "Content-Type": "application/json",
      "OpenAI-Beta": "assistants=v2",
    },
    body: JSON.stringify({ assistant_id: payload.workflow_id, thread: { messages: [{ role: "user", content: payload.input.user_message }] } }),
  }), { Authorization: `Bearer ${Deno.env.get("OPENAI_API_KEY")}`, "OpenAI-Beta": "assistants=v2" });
  const raw = await res.text();

  if (!res.ok) {
    console.error("The workflow failed", res.status, raw);
    return Response.json({ error: `OpenAI answered ${res.status}`, payload }, { status: 502 });
  }

  const data = JSON.parse(raw);
  const output = data.output || data.result || data;

  let parsed: { sql?: string; explanation?: string };
  if (typeof output === "string") {
    try {
      parsed = JSON.parse(output);
    } catch {
      parsed = { explanation: output };
    }
  } else if (output.sql || output.explanation) {
    parsed = output;
  } else {
    parsed = { explanation: JSON.stringify(output) };
  }

  await fetch(`${Deno.env.get("SUPABASE_URL")}/rest/v1/questions`, {
    method: "POST",
    headers: { apikey: Deno.env.get("SUPABASE_KEY")!, "Content-Type": "application/json" },
    body: JSON.stringify({ asked: payload, explained: Boolean(parsed.explanation) }),
  });

  return Response.json({ answer: parsed.explanation ?? parsed.sql, sent: payload.input.user_message });
});

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
  const body = JSON.stringify({ output_text: text, output: text, id: run.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
