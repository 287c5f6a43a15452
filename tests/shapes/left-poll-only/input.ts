import { NextResponse } from 'next/server';

export async function GET(req: Request) {
  const runId = new URL(req.url).searchParams.get('runId');
  const res = await fetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs/${runId}`, {
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'OpenAI-Beta': 'workflows=v1',
    },
  });
  const run = await res.json();
  return NextResponse.json({ status: run.status, output: run.output_text ?? null });
}
