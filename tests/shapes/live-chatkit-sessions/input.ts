import { NextResponse } from 'next/server';

export async function POST() {
  const res = await fetch('https://api.openai.com/v1/chatkit/sessions', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'OpenAI-Beta': 'chatkit_beta=v1',
    },
    body: JSON.stringify({
      workflow: { id: 'wf_123' },
      user: crypto.randomUUID(),
    }),
  });
  const { client_secret } = await res.json();
  return NextResponse.json({ client_secret });
}
