// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked: Promise<$RESPONSE_TYPE>, $ADAPTS: boolean): Promise<$RESPONSE_TYPE> {
  const live = await asked;
  if (!$ADAPTS) {
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
    return new Response(JSON.stringify({ error }), { status: 502, statusText: $STATUS_TEXT, headers });
  }
  const body = JSON.stringify($SHAPE);
  return new Response(body, { status: live.status, headers });
}
