type Turn = { role: 'user' | 'assistant'; content: string };

const calls: unknown[] = [];

async function send(path: string, payload: unknown) {
  const r = await workflowAnswer(fetch(`https://api.openai.com/v1${path}`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'Content-Type': 'application/json'
    },
    body: JSON.stringify(payload)
  }));
  return { ok: r.ok, status: r.status, data: await r.json().catch(() => null) };
}

export async function answer(message: string, earlier: Turn[]) {
  const payload = {
    workflow_id: process.env.WORKFLOW_ID,
    input: {
      message,
      conversation_history: earlier.map((turn) => ({ role: turn.role, content: turn.content }))
    }
  };
  const result = await send('/responses', { model: 'gpt-6-luna', input: [...payload.input.conversation_history, { role: 'user', content: payload.input.message }] });
  calls.push({ payload, status: result.status });
  if (!result.ok) {
    throw new Error(`HTTP ${result.status}`);
  }
  return { text: result.data.output?.message ?? result.data.output, asked: payload.input.message };
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
  const body = JSON.stringify({ output_text: text, output: { message: text }, id: answered.id, status: 'completed' });
  return new Response(body, { status: live.status, headers });
}
