import { NextResponse } from "next/server";

export async function POST(req: Request) {
  const { message } = await req.json();
  const res = await fetch("https://api.openai.com/v1/workflows/wf_123/runs", {
    method: "POST",
    headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, "Content-Type": "application/json", "OpenAI-Beta": "workflows=v1" },
    body: JSON.stringify({ input: { message } }),
  });
  return NextResponse.json(await res.json());
}
