const KEY = process.env.OPENAI_API_KEY;
const BASE = "https://api.openai.com/v1";

// What a GET gives as JSON.
async function getJson(path) {
  const res = await workflowAnswer(fetch(`${BASE}${path}`, { headers: { Authorization: `Bearer ${KEY}` } }));
  if (!res.ok) {
    throw new Error(`GET ${res.status}: ${await res.text()}`);
  }
  return res.json();
}

export async function ask(question) {
  const res = await workflowAnswer(fetch("https://api.openai.com/v1/responses", {
    method: "POST",
    headers: { Authorization: `Bearer ${KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify({ model: "gpt-6-luna", input: question }),
  }));
  if (!res.ok) {
    throw new Error(`POST ${res.status}: ${await res.text()}`);
  }
  let run = await res.json();
  for (let left = 40; left > 0 && run.status !== "completed" && run.status !== "failed"; left -= 1) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    run = await getJson(`/responses/${run.id}`);
  }
  if (run.status !== "completed") {
    throw new Error(`run ${run.status}`);
  }
  return run.output_text || run.output?.text || "";
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked) {
  const live = await asked;
  if (!live.ok) {
    return live;
  }
  const answered = await live.json();
  let text = "";
  let finalText = "";
  let refusal = "";
  for (const item of answered.output || []) {
    for (const part of item.type === "message" ? item.content : []) {
      refusal += part.refusal || "";
      text += part.type === "output_text" ? part.text : "";
      finalText += part.type === "output_text" && item.phase === "final_answer" ? part.text : "";
    }
  }
  text = finalText || text;
  const headers = { "Content-Type": "application/json" };
  if (answered.status !== "completed" || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: "api_error", param: null, code: answered.error?.code || null };
    return new Response(JSON.stringify({ error }), { status: 502, headers });
  }
  const body = JSON.stringify({ output_text: text, id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
