// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(
  asked: PromiseLike<import('axios').AxiosResponse>
): Promise<import('axios').AxiosResponse> {
  const live = await asked;
  const answered = live.data;
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
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: 'api_error', param: null, code: answered.error?.code || null };
    const response = { ...live, status: 502, statusText: 'Bad Gateway', data: { error } };
    throw Object.assign(new $ERROR(message), { isAxiosError: $FLAGGED, response });
  }
  return { ...live, data: $SHAPE };
}
