import axios from 'axios';

export async function draft(message) {
  const { data } = await workflowAnswer(axios.post(
    'https://api.openai.com/v1/responses',
    { model: 'gpt-6-luna', input: message },
    { headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` } },
  ));
  const { subject, cc } = data.result;
  return { subject, to: cc.join(', ') };
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked) {
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
  let fields = null;
  try {
    const parsed = JSON.parse(text.replace(/^\s*```\w*|```\s*$/g, ''));
    if (parsed instanceof Object && !Array.isArray(parsed)) {
      fields = parsed;
    }
  } catch {
    // What is no JSON is no object either.
  }
  if (answered.status !== 'completed' || refusal || !fields) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || (text ? 'no JSON object' : 'no text')}`;
    const error = { message, type: 'api_error', param: null, code: answered.error?.code || null };
    const response = { ...live, status: 502, statusText: 'Bad Gateway', data: { error } };
    throw Object.assign(new Error(message), { isAxiosError: true, response });
  }
  return { ...live, data: { output_text: text, result: fields, id: answered.id, status: 'completed' } };
}
