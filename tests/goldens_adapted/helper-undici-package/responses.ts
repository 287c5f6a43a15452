import undici from 'undici';

export async function complete(prompt: string): Promise<string> {
  const res = await workflowAnswer(undici.request('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ model: 'gpt-6-luna', input: prompt }),
    headersTimeout: 60_000,
  }));
  const data = JSON.parse(await res.body.text());
  return data.output_text ?? data.output?.text ?? '';
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
// The file would show an error for an answer, so what is no answer is thrown.
async function workflowAnswer(
  asked: Promise<import('undici').Dispatcher.ResponseData>
): Promise<import('undici').Dispatcher.ResponseData> {
  const live = await asked;
  if (live.statusCode >= 300) {
    throw new Error(`Responses API error ${live.statusCode}: ${await live.body.text()}`);
  }
  const answered = JSON.parse(await live.body.text());
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
  const adapted = JSON.stringify({ output_text: text, id: answered.id, status: 'completed' });
  const body = { text: async () => adapted, json: async () => JSON.parse(adapted) };
  return { ...live, body: Object.assign(live.body, body) };
}
