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
    'OpenAI-Beta': 'workflows=v1',
  };
  if (project) headers['OpenAI-Project'] = project;

  const res = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(payload) });
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
  const workflow = process.env.OPENAI_WORKFLOW_ID!;
  const project = process.env.OPENAI_PROJECT_ID;
  const attempts: Attempt[] = [];

  // 1. POST /v1/workflows/runs, the id in the body
  attempts.push(
    await attempt(
      'https://api.openai.com/v1/workflows/runs',
      key,
      { workflow_id: workflow, input: { question } },
      project
    )
  );

  // 2. POST /v1/workflows/{id}/runs, the id in the path
  if (!attempts.at(-1)!.ok) {
    attempts.push(
      await attempt(
        `https://api.openai.com/v1/workflows/${encodeURIComponent(workflow)}/runs`,
        key,
        { input: { question } },
        project
      )
    );
  }

  // 3. the same with `inputs` (/v1/workflows/{id}/runs)
  if (!attempts.at(-1)!.ok) {
    attempts.push(
      await attempt(
        `https://api.openai.com/v1/workflows/${encodeURIComponent(workflow)}/runs`,
        key,
        { inputs: { question } },
        project
      )
    );
  }

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
