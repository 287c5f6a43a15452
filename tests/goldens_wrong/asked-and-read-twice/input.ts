export async function ask(question: string) {
  const response = await fetch('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ model: 'gpt-6-luna', input: question }),
  });
  const result = await response.json();
  if (!response.ok) {
    throw new Error(result.error?.message ?? 'the request failed');
  }
  if (!result.output_text) {
    throw new Error('No text in the answer');
  }
  return { text: result.output_text, tokens: result.usage?.total_tokens };
}
