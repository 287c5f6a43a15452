import { NextResponse } from 'next/server';

type Turn = { role: 'user' | 'assistant'; content: string };

export async function POST(req: Request) {
  const body = await req.json();
  const turns = body.messages as Turn[];
  const messages = turns.filter((turn) => turn.content).map((turn) => ({ role: turn.role, content: turn.content }));

  const response = await fetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ input: { messages } }),
  });
  if (!response.ok) {
    return NextResponse.json({ error: 'The workflow failed' }, { status: 502 });
  }
  const run = await response.json();
  return NextResponse.json({ message: run.output_text });
}
