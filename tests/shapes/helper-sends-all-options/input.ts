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
  const run = await http<Run>(`${API}/workflows/${process.env.WORKFLOW_ID}/runs`, {
    method: 'POST',
    headers: authorized(),
    body: JSON.stringify({ input: { message } })
  });
  return run.output?.text ?? '';
}

export const models = () => http<{ data: { id: string }[] }>(`${API}/models`, { headers: authorized() });
