import { NextResponse } from "next/server";

export async function POST(req: Request) {
  const { message, sessionId, userId } = await req.json();

  const response = await fetch("https://api.openai.com/v1/workflows/runs", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "OpenAI-Beta": "workflows=v1",
    },
    body: JSON.stringify({
      workflow: { id: process.env.WORKFLOW_ID, version: "production" },
      session_id: sessionId,
      user: userId,
      attachments: [],
      input: { message },
    }),
  });

  if (!response.ok) {
    return NextResponse.json({ error: "workflow failed" }, { status: 502 });
  }

  const run = await response.json();
  return NextResponse.json({ reply: run.output_text });
}
