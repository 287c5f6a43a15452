import { NextResponse } from "next/server";

const auth = { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` };

async function begin(lease: string) {
  const res = await workflowAnswer(fetch("https://api.openai.com/v1/responses", {
    method: "POST",
    headers: { ...auth, "Content-Type": "application/json" },
    body: JSON.stringify({ model: "gpt-6-luna", input: lease }),
  }));
  if (!res.ok) throw new Error(`begin: ${res.status}`);
  return res.json();
}

async function look(id: string) {
  const res = await workflowAnswer(fetch(`https://api.openai.com/v1/responses/${id}`, { headers: auth }));
  if (!res.ok) throw new Error(`look: ${res.status}`);
  return res.json();
}

async function ended(id: string, limit = 90_000) {
  const since = Date.now();
  for (;;) {
    const run = await look(id);
    if (run.status === "completed") return run;
    if (run.status === "failed") throw new Error("the flow failed");
    if (Date.now() - since > limit) throw new Error("the flow is slow");
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function verdictOf(run: any) {
  const first = run?.outputs?.[0];
  if (first?.value) return first.value;

  const said = first?.content?.[0]?.text ?? first?.text ?? "";
  if (typeof said === "string" && said.trim()) {
    try {
      return JSON.parse(said);
    } catch {
      return { raw: said };
    }
  }
  return null;
}

export async function POST(request: Request) {
  const { lease } = await request.json();
  try {
    const run = await begin(lease);
    const verdict = verdictOf(await ended(run.id));
    if (!verdict) throw new Error("no verdict");
    return NextResponse.json(verdict);
  } catch (error: any) {
    return NextResponse.json({ error: error.message }, { status: 500 });
  }
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
  const headers = { "Content-Type": "application/json" };
  if (answered.status !== "completed" || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: "api_error", param: null, code: answered.error?.code || null };
    return new Response(JSON.stringify({ error }), { status: 502, headers });
  }
  const body = JSON.stringify({ output_text: text, outputs: [{ content: [{ text }] }], id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
