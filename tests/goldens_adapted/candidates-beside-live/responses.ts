const KEY = process.env.OPENAI_API_KEY;

export async function answerOf(question: string, channel: string): Promise<string> {
  // The API was renamed now and then.
  const endpoints = [
    'https://api.openai.com/v1/responses',
  ];
  let failure: Error | undefined;

  for (const endpoint of endpoints) {
    const res = await workflowAnswer(fetch(endpoint, {
      method: 'POST',
      headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-6-luna', metadata: { channel }, input: question }),
    }));
    if (!res.ok) {
      failure = new Error(`${endpoint} answered ${res.status}`);
      continue;
    }
    const answered = await res.json();
    return answered.output_text || answered.output?.text || 'Nothing was said.';
  }

  throw failure ?? new Error('no endpoint');
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
