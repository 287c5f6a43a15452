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
    'OpenAI-Beta': 'assistants=v2',
  };
  if (project) headers['OpenAI-Project'] = project;

  const res = await workflowAnswer(fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(payload) }), { ...headers, 'OpenAI-Beta': 'assistants=v2' });
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
      'https://api.openai.com/v1/threads/runs',
      key,
      { assistant_id: workflow, thread: { messages: [{ role: 'user', content: question }] } },
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

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(
  asked: Promise<Response>,
  runHeaders: Record<string, string>
): Promise<Response> {
  const live = await asked;
  if (!live.ok) {
    return live;
  }
  let run = await live.json();
  const threadUrl = `https://api.openai.com/v1/threads/${run.thread_id}`;
  const runUrl = `${threadUrl}/runs/${run.id}`;
  const maxSeconds = 30;
  const deadline = Date.now() + maxSeconds * 1000;
  const ended = ['completed', 'failed', 'cancelled', 'incomplete', 'expired', 'requires_action'];
  let failed = '';
  for (let delay = 500; !ended.includes(run.status) && !failed; delay = Math.min(delay * 1.5, 5000)) {
    if (Date.now() >= deadline) {
      await fetch(`${runUrl}/cancel`, { method: 'POST', headers: runHeaders }).catch(() => {});
      failed = `gave up after ${maxSeconds} seconds`;
    } else {
      await new Promise(resolve => setTimeout(resolve, delay));
      const polled = await fetch(runUrl, { headers: runHeaders });
      if (!polled.ok) {
        return polled;
      }
      run = await polled.json();
    }
  }
  let text = '';
  if (run.status === 'completed') {
    const messagesUrl = `${threadUrl}/messages?run_id=${run.id}&order=asc&limit=100`;
    const listed = await fetch(messagesUrl, { headers: runHeaders });
    if (!listed.ok) {
      return listed;
    }
    const messages = await listed.json();
    const parts = [];
    for (const message of messages.data) {
      parts.push(...(message.role === 'assistant' ? message.content : []));
    }
    const refused = parts.find(part => part.type === 'refusal');
    failed = refused ? `refused: ${refused.refusal}` : '';
    text = parts.filter(part => part.type === 'text').map(part => part.text.value).join('\n\n');
  } else {
    failed = failed || run.last_error?.message || run.incomplete_details?.reason || run.status;
  }
  if (failed || !text) {
    const message = `Assistant run ${run.status}: ${failed || 'no text'}`;
    const error = { message, type: 'api_error', param: null, code: run.last_error?.code || null };
    const failure = { status: 502, headers: { 'Content-Type': 'application/json' } };
    return new Response(JSON.stringify({ error }), failure);
  }
  const headers = { 'Content-Type': 'application/json' };
  const body = JSON.stringify({ output_text: text, id: run.id, status: 'completed' });
  return new Response(body, { status: live.status, headers });
}
