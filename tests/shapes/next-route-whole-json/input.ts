import { NextRequest, NextResponse } from 'next/server';

export async function POST(req: NextRequest) {
  const { text } = await req.json();

  const r = await fetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'Content-Type': 'application/json',
      'OpenAI-Beta': 'workflows=v1',
    },
    body: JSON.stringify({ inputs: { input_as_text: text } }),
  });

  const data = await r.json();
  return NextResponse.json(data, { status: r.status });
}
