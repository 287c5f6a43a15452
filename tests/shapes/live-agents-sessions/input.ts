export async function createSession(userId: string) {
  const res = await fetch('https://api.openai.com/v1/agents/sessions', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ workflow: { id: 'wf_123' }, user: userId }),
  });
  if (!res.ok) throw new Error(`session: ${res.status}`);
  return res.json();
}
