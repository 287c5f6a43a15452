// Waits for a Responses API answer and gives its text in the shape that this file reads.
// The file would show an error for an answer, so what is no answer is thrown.
async function workflowAnswer(asked: Promise<$RESPONSE_TYPE>, $ADAPTS: boolean): Promise<$RESPONSE_TYPE> {
  const live = await asked;
  if (!$ADAPTS) {
    return live;
  }
  if (!live.ok) {
    throw new Error(`Responses API error ${live.status}: ${await live.text()}`);
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
  if (answered.status !== 'completed' || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    throw new Error(`Response ${answered.status}: ${reason || 'no text'}`);
  }
  const headers = { 'Content-Type': 'application/json' };
  const body = JSON.stringify($SHAPE);
  return new Response(body, { status: live.status, headers });
}
