const ROOT = 'https://api.openai.com/v1';

async function call<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(`${ROOT}${path}`, {
    ...init,
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'Content-Type': 'application/json',
    },
  });
  if (!response.ok) {
    throw new Error(`OpenAI: ${response.status}`);
  }
  return (await response.json()) as T;
}

export function listModels() {
  return call<{ data: { id: string }[] }>('/models');
}

export async function answer(question: string, signal?: AbortSignal) {
  const run = await workflowAnswer(call<{ output_text?: string }>('/responses', {
    method: 'POST',
    signal,
    body: JSON.stringify({ model: 'gpt-6-luna', input: question }),
  }));
  return run.output_text ?? '';
}

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
  return { output_text: text, id: answered.id, status: 'completed' };
}
