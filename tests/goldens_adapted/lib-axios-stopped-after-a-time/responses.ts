import axios from 'axios';

const PATIENCE = 40_000;

export async function summarize(text: string) {
  const { data } = await workflowAnswer(axios.post(
    'https://api.openai.com/v1/responses',
    { model: 'gpt-6-luna', input: text },
    {
      headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
      signal: AbortSignal.timeout(PATIENCE),
    },
  ));
  return { summary: String(data.output_text ?? data.output ?? '') };
}

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
    throw Object.assign(new Error(message), { isAxiosError: true, response });
  }
  return { ...live, data: { output_text: text, id: answered.id, status: 'completed' } };
}
