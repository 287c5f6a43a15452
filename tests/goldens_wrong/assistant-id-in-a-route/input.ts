import { NextRequest, NextResponse } from 'next/server';

const ASSISTANT_ID = process.env.OPENAI_ASSISTANT_ID;

export async function POST(request: NextRequest) {
  try {
    const { message } = await request.json();
    const response = await fetch('https://api.openai.com/v1/responses', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Authorization': `Bearer ${process.env.OPENAI_API_KEY}`,
        'OpenAI-Beta': 'assistants=v2'
      },
      body: JSON.stringify({ assistant_id: ASSISTANT_ID, input: message })
    });

    if (!response.ok) {
      const detail = await response.text();
      return NextResponse.json({ error: detail }, { status: response.status });
    }

    const data = await response.json();
    // The assistant's words
    return NextResponse.json({ reply: data.output?.message || data.output || '' });
  } catch (error) {
    return NextResponse.json({ error: (error as Error).message }, { status: 500 });
  }
}
