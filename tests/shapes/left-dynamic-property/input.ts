const ENDPOINTS: Record<string, string> = {
  chat: 'https://api.openai.com/v1/chat/completions',
  workflow: 'https://api.openai.com/v1/workflows/runs',
};

export async function send(kind: string, body: unknown) {
  const res = await fetch(ENDPOINTS[kind], {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify(body),
  });
  if (!res.ok) throw new Error(`${kind}: ${res.status}`);
  return res.json();
}
