import { NextResponse } from "next/server";

export async function POST(req: Request) {
  const { prompt } = await req.json();
  const headers = {
    "Content-Type": "application/json",
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    "OpenAI-Beta": "workflows=v1",
  };
  const base = `https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`;

  const start = await fetch(base, {
    method: "POST",
    headers,
    body: JSON.stringify({ input: { message: prompt } }),
  });
  if (!start.ok) {
    return NextResponse.json({ error: await start.text() }, { status: 500 });
  }
  let run = await start.json();

  let tries = 0;
  while (run.status !== "completed" && run.status !== "succeeded") {
    if (run.status === "failed" || tries > 30) {
      return NextResponse.json({ error: "Workflow failed" }, { status: 500 });
    }
    await new Promise((r) => setTimeout(r, 1000));
    const poll = await fetch(`${base}/${run.id}`, { headers });
    run = await poll.json();
    tries++;
  }

  return NextResponse.json({ output: run.output_text });
}
