const RUNS = 'https://api.openai.com/v1/workflows/{id}/runs';
const settings: Record<string, string> = { id: 'wf_123' };

export async function ask(message: string) {
  const url = RUNS.replace(/\{(\w+)\}/g, (_, name) => settings[name]);
  const res = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ input: { message } }),
  });
  if (!res.ok) throw new Error(`status ${res.status}`);
  return (await res.json()).output_text;
}
