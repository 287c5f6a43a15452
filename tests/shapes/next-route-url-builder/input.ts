import { NextResponse } from "next/server";

const API_ROOT = "https://api.openai.com/v1";

const workflowUrl = (id: string) => `${API_ROOT}/workflows/${id}/runs`;

export async function POST(req: Request) {
  const { message } = await req.json();

  const response = await fetch(workflowUrl(process.env.WORKFLOW_ID!), {
    method: "POST",
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY!}`,
      "Content-Type": "application/json",
      "OpenAI-Beta": "workflows=v1",
    },
    body: JSON.stringify({ input: { message } }),
  });
  if (!response.ok) {
    return NextResponse.json({ error: "bad gateway" }, { status: 502 });
  }
  const run = await response.json();
  return NextResponse.json({ reply: run.output_text });
}
