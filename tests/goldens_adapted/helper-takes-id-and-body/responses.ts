import type { NextApiRequest, NextApiResponse } from "next";

const API_KEY = process.env.OPENAI_API_KEY ?? "";

async function callWorkflow(workflowId: string, payload: Record<string, unknown>): Promise<any> {
  const res = await workflowAnswer(fetch("https://api.openai.com/v1/responses", {
    method: "POST",
    headers: { Authorization: `Bearer ${API_KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify(payload),
  }));
  if (!res.ok) throw new Error(`workflow: ${res.status} ${await res.text()}`);
  return res.json();
}

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  try {
    const payload = { model: "gpt-6-luna", input: req.body.message };
    const run = await callWorkflow(process.env.WORKFLOW_ID ?? "", payload);
    res.status(200).json({ reply: run.output_text || run.output?.text || "" });
  } catch (error) {
    res.status(502).json({ error: String(error) });
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
  const body = JSON.stringify({ output_text: text, id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
