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
  const run = await call<{ output_text?: string }>(`/workflows/${process.env.WORKFLOW_ID}/runs`, {
    method: 'POST',
    signal,
    body: JSON.stringify({ input: { question } }),
  });
  return run.output_text ?? '';
}
