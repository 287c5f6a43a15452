import { NextResponse } from 'next/server';

const FALLBACK = 'I am having trouble right now. Please try again later.';

export async function POST(req: Request) {
  try {
    const { message } = await req.json();
    const response = await fetch(
      `https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/invoke`,
      {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
          'OpenAI-Beta': 'workflows=v1',
        },
        body: JSON.stringify({ inputs: { input: message } }),
      }
    );
    const data = await response.json();
    const reply = data?.output?.text || data?.output_text || FALLBACK;
    return NextResponse.json({ reply });
  } catch {
    return NextResponse.json({ reply: FALLBACK });
  }
}
