export async function ask(message: string, beta: boolean) {
  let url = 'https://api.openai.com/v1/chat/completions';
  let body: unknown = { model: 'gpt-4o', messages: [{ role: 'user', content: message }] };
  if (beta) {
    url = 'https://api.openai.com/v1/workflows/runs';
    body = { workflow_id: 'wf_123', input: { message } };
  }
  const res = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify(body),
  });
  if (!res.ok) throw new Error(`status ${res.status}`);
  const data = await res.json();
  return beta ? data.output.message : data.choices[0].message.content;
}
