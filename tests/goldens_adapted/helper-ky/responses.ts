import ky from 'ky';

type RunResult = { output: { message: string } };

export const ask = async (message: string) => {
  const result = await workflowAnswer(ky
    .post('https://api.openai.com/v1/responses', {
      json: { model: 'gpt-6-luna', input: message },
      headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
      timeout: 60_000,
      retry: 0,
    })
    .json<RunResult>());
  return result.output.message;
};

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked: PromiseLike<any>): Promise<any> {
  const answered = await asked;
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
  return { output_text: text, output: { message: text }, id: answered.id, status: 'completed' };
}
