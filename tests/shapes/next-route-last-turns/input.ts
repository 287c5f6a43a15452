import { NextResponse } from "next/server";

type Turn = { role: "user" | "assistant"; content: string };

const MOST_TURNS = 3;

export async function POST(request: Request) {
  const { turns } = (await request.json()) as { turns?: Turn[] };
  if (!turns?.length) {
    return NextResponse.json({ error: "Say something first." }, { status: 400 });
  }

  const upstream = await fetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "OpenAI-Beta": "workflows=v1",
    },
    body: JSON.stringify({ input: { messages: turns.filter((turn) => turn.content).slice(-MOST_TURNS) } }),
  });

  const raw = await upstream.text();
  if (!upstream.ok) {
    console.error("desk", upstream.status, raw);
    return NextResponse.json({ error: "The desk does not answer." }, { status: 502 });
  }
  const run = JSON.parse(raw);
  return NextResponse.json({ reply: run.output_text ?? run.output?.[0]?.content?.[0]?.text ?? "" });
}
