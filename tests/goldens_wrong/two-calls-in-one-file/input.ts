export async function title(text: string) {
  const response = await fetch('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
    body: JSON.stringify({ model: 'gpt-6-luna', messages: [{ role: 'user', content: `A title for: ${text}` }] }),
  });
  const data = await response.json();
  return data.choices[0].message.content as string;
}

export async function chat(text: string) {
  const response = await fetch('https://api.openai.com/v1/chat/completions', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
    body: JSON.stringify({ model: 'gpt-6-luna', messages: [{ role: 'user', content: text }] }),
  });
  const data = await response.json();
  return data.choices[0].message.content as string;
}

export async function tags(text: string): Promise<string[]> {
  const response = await fetch('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
    body: JSON.stringify({ model: 'gpt-6-luna', input: `Tags for: ${text}` }),
  });
  const data = await response.json();
  return (data.output_text ?? '').split(',');
}
