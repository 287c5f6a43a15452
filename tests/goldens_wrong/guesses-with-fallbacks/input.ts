const HEADERS = {
  'Content-Type': 'application/json',
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
};

export function offline(question: string) {
  return `No answer to: ${question}`;
}

/** The answer, or what is said where there is none. */
export async function ask(question: string) {
  const response = await fetch('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers: HEADERS,
    body: JSON.stringify({
      model: 'gpt-6-luna',
      assistant_id: process.env.ASSISTANT_ID,
      input: [{ role: 'user', content: question }],
    }),
  });
  const data = await response.json();
  const text =
    data?.output?.[0]?.content?.[0]?.text?.value ??
    offline(question);
  return text;
}

export async function shout(question: string) {
  const response = await fetch('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers: HEADERS,
    body: JSON.stringify({ model: 'gpt-6-luna', input: question }),
  });
  const data = await response.json();
  return (data.output_text || JSON.stringify(data)).toUpperCase();
}
