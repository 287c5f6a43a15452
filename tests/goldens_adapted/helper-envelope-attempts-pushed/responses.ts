import { NextRequest, NextResponse } from 'next/server';

type Attempt = { ok: boolean; status: number; endpoint: string; body: string; data: any };

async function attempt(
  endpoint: string,
  key: string,
  payload: Record<string, unknown>,
  project?: string
): Promise<Attempt> {
  const headers: Record<string, string> = {
    'Content-Type': 'application/json',
    Authorization: `Bearer ${key}`,
  };
  if (project) headers['OpenAI-Project'] = project;

  const res = await workflowAnswer(fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(payload) }));
  const body = await res.text();
  let data: any = null;
  try {
    data = JSON.parse(body);
  } catch {
    // no JSON: the text says more
  }
  return { ok: res.ok, status: res.status, endpoint, body, data };
}

export async function POST(req: NextRequest) {
  const { question } = await req.json();
  const key = process.env.OPENAI_API_KEY!;
  const project = process.env.OPENAI_PROJECT_ID;
  const attempts: Attempt[] = [];

  // 1. POST /v1/workflows/runs, the id in the body
  attempts.push(
    await attempt(
      'https://api.openai.com/v1/responses',
      key,
      { model: 'gpt-6-luna', input: question },
      project
    )
  );

  const good = attempts.find((each) => each.ok && !each.data?.error);
  if (good) {
    const reply = good.data?.output_text ?? good.data?.output?.text ?? JSON.stringify(good.data);
    return NextResponse.json({ reply });
  }

  const last = attempts.at(-1);
  return NextResponse.json(
    {
      error: last?.data?.error?.message || last?.body || 'nothing answered',
      tried: attempts.map(({ endpoint, status }) => ({ endpoint, status })),
    },
    { status: 502 }
  );
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked: Promise<Response>): Promise<Response> {
  const live = await asked;
  if (!live.ok) {
    return live;
  }
  const answered = await live.json();
  let text = '';
  let finalText = '';
  let refusal = '';
  for (const item of answered.output || []) {
    for (const part of item.type === 'message' ? item.content : []) {
      refusal += part.refusal || '';
      text += part.type === 'output_text' ? part.text : '';
      finalText += part.type === 'output_text' && item.phase === 'final_answer' ? part.text : '';
    }
  }
  text = finalText || text;
  const headers = { 'Content-Type': 'application/json' };
  if (answered.status !== 'completed' || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: 'api_error', param: null, code: answered.error?.code || null };
    return new Response(JSON.stringify({ error }), { status: 502, headers });
  }
  const body = JSON.stringify({ output_text: text, id: answered.id, status: 'completed' });
  return new Response(body, { status: live.status, headers });
}
