import { NextResponse } from "next/server";

const BASE = "https://api.openai.com/v1";

async function openai(path: string, payload: Record<string, unknown>): Promise<any> {
  const res = await fetch(`${BASE}${path}`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify(payload),
  });
  if (!res.ok) throw new Error(`OpenAI ${res.status}`);
  return res.json();
}

export async function POST(req: Request) {
  const { message, agent } = await req.json();

  if (agent) {
    const run = await workflowAnswer(openai("/responses", {
      model: "gpt-6-luna",
      input: message,
    }));
    return NextResponse.json({ reply: run.output_text });
  }

  const chat = await openai("/chat/completions", {
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: message }],
  });
  return NextResponse.json({ reply: chat.choices[0].message.content });
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked: PromiseLike<any>): Promise<any> {
  const answered = await asked;
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
  return { output_text: text, id: answered.id, status: "completed" };
}
