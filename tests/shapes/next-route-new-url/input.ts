import { NextResponse } from "next/server";

export async function POST(req: Request) {
  const { message } = await req.json();
  const endpoint = new URL("/v1/workflows/runs", "https://api.openai.com");

  const res = await fetch(endpoint, {
    method: "POST",
    headers: new Headers({
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "Content-Type": "application/json",
      "OpenAI-Beta": "workflows=v1",
    }),
    body: JSON.stringify({ workflow_id: process.env.WORKFLOW_ID, input: { message } }),
  });
  if (!res.ok) {
    return NextResponse.json({ error: "workflow failed" }, { status: 502 });
  }
  const { output_text: reply } = await res.json();
  return NextResponse.json({ reply });
}
