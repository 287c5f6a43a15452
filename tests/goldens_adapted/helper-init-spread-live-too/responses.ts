const BASE_URL = 'https://api.openai.com/v1';

async function request<T>(path: string, init?: RequestInit): Promise<T> {
  const { headers, ...rest } = init ?? {};
  const response = await fetch(`${BASE_URL}${path}`, {
    ...rest,
    headers: { ...headers, Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
  });
  if (!response.ok) {
    const detail = await response.text();
    throw new Error(`OpenAI answered ${response.status}: ${detail}`);
  }
  return response.json() as Promise<T>;
}

const json = { 'Content-Type': 'application/json' };

export async function chat(question: string): Promise<string> {
  const done = await request<{ choices: { message: { content: string } }[] }>('/chat/completions', {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ model: 'gpt-4.1-mini', messages: [{ role: 'user', content: question }] }),
  });
  return done.choices[0].message.content;
}

export async function ask(text: string): Promise<string> {
  const result = await workflowAnswer(request<{ output_text: string }>('/responses', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-6-luna', input: text }),
  }));
  return result.output_text;
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
