import { NextResponse } from 'next/server';

export async function POST(req: Request) {
  const { message } = await req.json();
  const res = await fetch(`https://api.openai.com/v1/agent/workflows/${process.env.AGENT_WORKFLOW_ID}/runs`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ input: { message } }),
  });
  if (!res.ok) {
    console.error('agent error', res.status, await res.text());
    return NextResponse.json({ error: 'agent error' }, { status: 502 });
  }
  const data = await res.json();
  return NextResponse.json({ reply: data.output_text || data.reply || '(no reply)' });
}
