import { NextResponse } from "next/server";

const OPENAI = {
  key: process.env.OPENAI_API_KEY ?? "",
  workflow: process.env.OPENAI_WORKFLOW_ID ?? "",
  endpoints: {
    chat: "https://api.openai.com/v1/chat/completions",
    workflowRuns: "https://api.openai.com/v1/workflows/runs",
  },
} as const;

export async function POST(req: Request) {
  const { message } = await req.json();
  const res = await fetch(OPENAI.endpoints.workflowRuns, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${OPENAI.key}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({ workflow_id: OPENAI.workflow, input: { message } }),
  });
  if (!res.ok) {
    throw new Error(`workflow: ${res.status}`);
  }
  const data = await res.json();
  return NextResponse.json({ reply: data.output_text });
}
