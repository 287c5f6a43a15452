interface Result<T> {
  ok: boolean;
  status: number;
  data: T | null;
}

async function call<T>(path: string, payload: Record<string, unknown>): Promise<Result<T>> {
  const res = await workflowAnswer(fetch(`https://api.openai.com/v1/${path}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`
    },
    body: JSON.stringify(payload)
  }), path === 'responses');
  const data = (await res.json().catch(() => null)) as T | null;
  return { ok: res.ok, status: res.status, data };
}

export async function ask(message: string, useAgent: boolean): Promise<string> {
  if (useAgent) {
    const run = await call<any>('responses', {
      model: 'gpt-6-luna',
      input: message
    });
    if (!run.ok) {
      throw new Error(`The agent answered ${run.status}`);
    }
    return run.data.output_text || run.data.output?.text;
  }

  const chat = await call<any>('chat/completions', {
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: message }]
  });
  if (!chat.ok) {
    throw new Error(`The chat answered ${chat.status}`);
  }
  return chat.data.choices[0].message.content;
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked: Promise<Response>, isWorkflow: boolean): Promise<Response> {
  const live = await asked;
  if (!isWorkflow) {
    return live;
  }
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
