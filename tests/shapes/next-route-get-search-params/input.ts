import { NextRequest, NextResponse } from "next/server";

export async function GET(req: NextRequest) {
  const q = req.nextUrl.searchParams.get("q") ?? "";
  if (!q) {
    return NextResponse.json({ error: "q is missing" }, { status: 400 });
  }
  const run = await fetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "Content-Type": "application/json",
      "OpenAI-Beta": "workflows=v1",
    },
    body: JSON.stringify({ input: q }),
    cache: "no-store",
  });
  if (!run.ok) {
    return NextResponse.json({ error: "workflow" }, { status: 502 });
  }
  const result = await run.json();
  return NextResponse.json({ answer: result.output_text });
}
