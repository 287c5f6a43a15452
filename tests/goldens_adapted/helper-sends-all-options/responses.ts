const API = 'https://api.openai.com/v1';

async function http<T>(url: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(url, init);
  if (!response.ok) {
    throw new Error(`${init.method ?? 'GET'} ${url} answered ${response.status}`);
  }
  return response.json() as Promise<T>;
}

function authorized(): HeadersInit {
  return { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'Content-Type': 'application/json' };
}

interface Run {
  id: string;
  status: string;
  output?: { text: string };
}

export async function answer(message: string): Promise<string> {
  const run = await workflowAnswer(http<Run>('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers: authorized(),
    body: JSON.stringify({ model: 'gpt-6-luna', input: message })
  }));
  return run.output?.text ?? '';
}

export const models = () => http<{ data: { id: string }[] }>(`${API}/models`, { headers: authorized() });

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
  return { output_text: text, output: { text }, id: answered.id, status: 'completed' };
}
