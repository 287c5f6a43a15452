const API = 'https://api.openai.com/v1';

const authorised = {
  'Content-Type': 'application/json',
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
};

async function postJson(url: string, headers: Record<string, string>, body: unknown) {
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const data = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(data.error?.message ?? `HTTP ${response.status}`);
  }
  return data;
}

export async function describe(room: string): Promise<{ name: string; text: string }> {
  const named = await postJson(`${API}/chat/completions`, authorised, {
    model: 'gpt-4.1-mini',
    messages: [{ role: 'user', content: `A name for: ${room}` }],
  });
  const run = await postJson(`${API}/workflows/runs`, authorised, {
    workflow_id: process.env.WORKFLOW_ID,
    input: { message: room },
  });
  return { name: named.choices[0].message.content, text: run.output_text ?? '' };
}
