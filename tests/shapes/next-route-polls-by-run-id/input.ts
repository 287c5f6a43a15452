import { NextResponse } from "next/server";

const WORKFLOW_ID = process.env.WORKFLOW_ID!;
const auth = { Authorization: `Bearer ${process.env.OPENAI_API_KEY!}` };

export async function POST(request: Request) {
  const { message } = await request.json();

  const started = await fetch(`https://api.openai.com/v1/workflows/${WORKFLOW_ID}/runs`, {
    method: "POST",
    headers: { ...auth, "Content-Type": "application/json" },
    body: JSON.stringify({ input: { message } }),
  });
  if (!started.ok) {
    return NextResponse.json({ error: "not started" }, { status: 502 });
  }

  let run = await started.json();
  if (!run.run_id) {
    return NextResponse.json({ error: "no run" }, { status: 502 });
  }
  for (let tries = 0; run.status !== "completed" && tries < 20; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const again = await fetch(
      `https://api.openai.com/v1/workflows/${WORKFLOW_ID}/runs/${run.run_id}`,
      { headers: { ...auth } }
    );
    if (!again.ok) {
      return NextResponse.json({ error: "lost" }, { status: 502 });
    }
    run = await again.json();
    if (run.status === "failed") {
      return NextResponse.json({ error: "failed" }, { status: 502 });
    }
  }

  return NextResponse.json({ reply: run.output?.text ?? "Nothing came back." });
}
