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
    const run = await openai("/workflows/runs", {
      workflow_id: process.env.WORKFLOW_ID,
      input: { message },
    });
    return NextResponse.json({ reply: run.output_text });
  }

  const chat = await openai("/chat/completions", {
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: message }],
  });
  return NextResponse.json({ reply: chat.choices[0].message.content });
}
