import { NextResponse } from "next/server";

export async function POST(request: Request) {
  const form = await request.json();

  const answer = await fetch("https://api.openai.com/v1/workflows/runs", {
    method: "POST",
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({
      workflow_id: process.env.WORKFLOW_ID,
      inputs: form.fields || { subject: form.subject ?? "None given" },
    }),
  });
  if (!answer.ok) {
    return NextResponse.json({ error: "The draft failed" }, { status: 502 });
  }
  const run = await answer.json();
  return NextResponse.json({ draft: run.output_text });
}
