import { NextResponse } from "next/server";

const BASE = "https://api.openai.com/v1/workflows";

function headers() {
  return {
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    "Content-Type": "application/json",
    "OpenAI-Beta": "workflows=v1",
  };
}

async function waitForRun(workflowId: string, runId: string) {
  for (let i = 0; i < 40; i++) {
    const res = await fetch(`${BASE}/${workflowId}/runs/${runId}`, { headers: headers() });
    const run = await res.json();
    if (run.status === "completed" || run.status === "succeeded") return run;
    if (run.status === "failed" || run.status === "cancelled") {
      throw new Error(run.error?.message || "Run failed");
    }
    await new Promise((resolve) => setTimeout(resolve, 1500));
  }
  throw new Error("Timed out");
}

export async function POST(req: Request) {
  const { message } = await req.json();
  const workflowId = process.env.WORKFLOW_ID!;
  try {
    const created = await fetch(`${BASE}/${workflowId}/runs`, {
      method: "POST",
      headers: headers(),
      body: JSON.stringify({ input: { message } }),
    });
    if (!created.ok) throw new Error(`create: ${created.status}`);
    const { id } = await created.json();
    const run = await waitForRun(workflowId, id);
    return NextResponse.json({ reply: run.output?.text ?? run.output_text ?? "" });
  } catch (e) {
    console.error(e);
    return NextResponse.json({ error: "The assistant is not available" }, { status: 500 });
  }
}
