import { NextResponse } from "next/server";

const BASE = "https://api.openai.com/v1";
const TARGET_ID = process.env.OPENAI_WORKFLOW_ID!;

function runsOf(id: string) {
  if (id.startsWith("wf_")) return `${BASE}/workflows/${id}/runs`;
  return `${BASE}/agents/${id}/runs`;
}

export async function POST(req: Request) {
  const { city, budget } = await req.json();
  const res = await fetch(runsOf(TARGET_ID), {
    method: "POST",
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "Content-Type": "application/json",
      "OpenAI-Beta": "agents=v1,workflows=v1",
    },
    body: JSON.stringify({ input: { city, budget } }),
  });
  const text = await res.text();
  if (!res.ok) {
    return new NextResponse(text, { status: res.status });
  }
  const run = JSON.parse(text);
  return NextResponse.json({ reply: run.output_text ?? run.output?.text ?? "" });
}
