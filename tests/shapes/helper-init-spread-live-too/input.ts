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
  const result = await request<{ output_text: string }>('/workflows/runs', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow_id: process.env.WORKFLOW_ID, input: { text } }),
  });
  return result.output_text;
}
