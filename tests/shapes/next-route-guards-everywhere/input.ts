import { type NextRequest, NextResponse } from 'next/server';

type RunPayload = { input: { message: string } };

export async function POST(req: NextRequest) {
  const json = (await req.json().catch(() => null)) as { message?: unknown } | null;
  if (!json) return NextResponse.json({ error: 'bad json' }, { status: 400 });
  if (typeof json.message !== 'string') return NextResponse.json({ error: 'message?' }, { status: 422 });

  const message = json.message.trim();
  const apiKey = process.env.OPENAI_API_KEY!;
  const payload = { input: { message } } satisfies RunPayload;

  const res = await fetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID!}/runs`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${apiKey}`,
      'Content-Type': 'application/json',
      'OpenAI-Beta': 'workflows=v1',
    } as const,
    body: JSON.stringify(payload),
  });

  if (res.status === 401) return NextResponse.json({ error: 'bad key' }, { status: 401 });
  if (!res.ok) return NextResponse.json({ error: 'upstream' }, { status: 502 });

  const data = (await res.json()) as { output_text?: string; output?: { text?: string } };
  const reply = data.output_text?.trim?.() ?? data.output?.text;
  if (!reply) return NextResponse.json({ error: 'empty' }, { status: 502 });

  return NextResponse.json({ reply });
}
