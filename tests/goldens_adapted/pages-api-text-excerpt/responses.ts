import type { NextApiRequest, NextApiResponse } from "next";

// What does the API say? Open /api/inspect and see.
export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  const { message } = req.body;
  const reply = await workflowAnswer(fetch("https://api.openai.com/v1/responses", {
    method: "POST",
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({
      model: "gpt-6-luna",
      input: message,
    }),
  }));

  const status = reply.status;
  const raw = await reply.text();
  console.log("start of it:", raw.slice(0, 200));

  return res.status(200).json({ seen: { status, raw: raw.trim().slice(0, 2000) } });
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
// The file would show an error for an answer, so what is no answer is thrown.
async function workflowAnswer(asked: Promise<Response>): Promise<Response> {
  const live = await asked;
  if (!live.ok) {
    throw new Error(`Responses API error ${live.status}: ${await live.text()}`);
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
  if (answered.status !== "completed" || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    throw new Error(`Response ${answered.status}: ${reason || 'no text'}`);
  }
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ output_text: text, output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text }] }], id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
