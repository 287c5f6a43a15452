import { NextResponse } from 'next/server';

interface ChatMessage {
  role: 'user' | 'assistant';
  content: string;
}

export async function POST(req: Request) {
  const { messages }: { messages: ChatMessage[] } = await req.json();

  const response = await fetch(
    `https://api.openai.com/v1/workflows/${process.env.OPENAI_WORKFLOW_ID}/runs`,
    {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Authorization': `Bearer ${process.env.OPENAI_API_KEY}`,
        'OpenAI-Beta': 'workflows=v1',
      },
      body: JSON.stringify({
        input: messages.map((m) => ({ role: m.role, content: m.content })),
      }),
    },
  );

  if (!response.ok) {
    return NextResponse.json({ error: 'Failed to run workflow' }, { status: 500 });
  }

  const { output_text } = await response.json();
  return NextResponse.json({ message: output_text });
}
