export async function ask(question: string): Promise<string> {
  const response = await fetch('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({
      assistant_id: process.env.ASSISTANT_ID?.trim(),
      input: [{ role: 'user', content: [{ type: 'input_text', text: question }] }],
    }),
  });
  if (!response.ok) {
    throw new Error(`OpenAI: ${response.status}`);
  }
  const data = await response.json();
  return data.output?.[0]?.content?.[0]?.text ?? '';
}
