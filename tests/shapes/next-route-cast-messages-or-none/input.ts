import { NextResponse } from "next/server";

export async function POST(request: Request) {
  const body = (await request.json()) as {
    messages?: { role: string; content: string }[];
    tenant?: string;
  };
  const messages = body.messages ?? [];

  const upstream = await fetch("https://api.openai.com/v1/workflows/runs", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ workflow_id: process.env.WORKFLOW_ID, input: { messages } }),
  });

  const run = await upstream.json();
  if (!upstream.ok) {
    return NextResponse.json({ error: run?.error?.message ?? "No answer." }, { status: 502 });
  }

  return NextResponse.json({ reply: run.output_text ?? run.output?.text ?? "" });
}
