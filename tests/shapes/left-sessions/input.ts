import { NextResponse } from 'next/server';

export async function POST() {
  const res = await fetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/sessions`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'OpenAI-Beta': 'workflows=v1',
    },
    body: JSON.stringify({ user: 'u1' }),
  });
  if (!res.ok) return NextResponse.json({ error: 'no session' }, { status: 502 });
  const session = await res.json();
  return NextResponse.json({ client_secret: session.client_secret });
}
