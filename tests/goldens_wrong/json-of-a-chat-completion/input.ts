export async function extract(text: string): Promise<{ name: string }> {
  const response = await fetch('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({
      model: 'gpt-4.1-mini',
      messages: [
        { role: 'developer', content: 'Answer in JSON.' },
        { role: 'user', content: [{ type: 'input_text', text }] },
      ],
      response_format: { type: 'json_object' },
      temperature: 0,
      stream: false,
    }),
  });
  if (!response.ok) throw new Error(`OpenAI: ${response.status}`);
  const data = await response.json();
  console.log('[openai]', data);
  return JSON.parse(data.choices[0].message.content);
}
