import { NextResponse } from 'next/server';

export async function POST(req: Request) {
  const { message, mode } = await req.json();
  const useWorkflow = mode === 'workflow';
  let response;

  if (useWorkflow) {
    response = await fetch('https://api.openai.com/v1/workflows/runs', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Authorization': `Bearer ${process.env.OPENAI_API_KEY}`,
      },
      body: JSON.stringify({
        workflow_id: process.env.WORKFLOW_ID,
        input: { message },
      }),
    });
  } else {
    response = await fetch('https://api.openai.com/v1/chat/completions', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Authorization': `Bearer ${process.env.OPENAI_API_KEY}`,
      },
      body: JSON.stringify({
        model: 'gpt-4o-mini',
        messages: [{ role: 'user', content: message }],
      }),
    });
  }

  if (!response.ok) {
    return NextResponse.json({ error: 'OpenAI request failed' }, { status: 502 });
  }

  const data = await response.json();
  let reply = '';
  if (useWorkflow) {
    reply = data.output?.message || data.output || '';
  } else {
    reply = data.choices[0].message.content;
  }

  return NextResponse.json({ reply });
}
