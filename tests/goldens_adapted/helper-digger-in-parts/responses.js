function extractText(payload) {
  if (!payload) return '';
  if (typeof payload === 'string') return payload;
  if (payload.output_text) return payload.output_text;
  const output = payload.output || payload.response?.output || [];
  if (Array.isArray(output)) {
    const parts = [];
    for (const item of output) {
      for (const part of item.content || []) {
        if (part.type === 'output_text' || part.type === 'text') parts.push(part.text);
      }
    }
    return parts.join('\n');
  }
  return output.text || output.message || '';
}

export async function ask(text) {
  const res = await workflowAnswer(fetch('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ model: 'gpt-6-luna', input: text }),
  }));
  if (!res.ok) {
    throw new Error('workflow failed: ' + res.status);
  }
  return extractText(await res.json());
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked) {
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
