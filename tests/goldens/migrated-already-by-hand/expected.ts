export async function ask(key: string, assistant: string, content: string) {
  const res = await fetch('https://api.openai.com/v1/threads/runs', {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'OpenAI-Beta': 'assistants=v2', 'Content-Type': 'application/json' },
    body: JSON.stringify({ assistant_id: assistant, thread: { messages: [{ role: 'user', content }] } })
  });
  return poll(key, await res.json());
}
