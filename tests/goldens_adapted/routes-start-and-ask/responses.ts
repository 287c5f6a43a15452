const headers = {
  "Content-Type": "application/json",
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
};

async function start(message: string) {
  const response = await workflowAnswer(fetch("https://api.openai.com/v1/responses", {
    method: "POST",
    headers,
    body: JSON.stringify({ model: "gpt-6-luna", input: message }),
  }));
  if (!response.ok) {
    throw new Error(`start: ${response.status}`);
  }
  const run = await response.json();
  return { location: `/runs/${run.id}`, status: run.status as string };
}

async function ask(path: string) {
  const [, id] = /^\/runs\/([^/]+)$/.exec(path) ?? [];
  if (id === undefined) {
    throw new Error(`no such route: ${path}`);
  }
  const response = await workflowAnswer(fetch(`https://api.openai.com/v1/responses/${id}`, { headers }));
  if (!response.ok) {
    throw new Error(`ask: ${response.status}`);
  }
  const run = await response.json();
  return { status: run.status as string, text: run.output?.text ?? "" };
}

export async function handle(method: string, path: string, body: { message?: string } = {}) {
  return method === "POST" ? start(body.message ?? "") : ask(path);
}

export async function page(message: string) {
  const { location } = (await handle("POST", "/runs", { message })) as { location: string };
  return handle("GET", location);
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked: Promise<Response>): Promise<Response> {
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
  const headers2 = { "Content-Type": "application/json" };
  if (answered.status !== "completed" || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: "api_error", param: null, code: answered.error?.code || null };
    return new Response(JSON.stringify({ error }), { status: 502, headers: headers2 });
  }
  const body = JSON.stringify({ output_text: text, output: { text }, id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers: headers2 });
}
