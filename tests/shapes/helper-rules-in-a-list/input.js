const RULES = 'You answer visitors of the zoo in two sentences.';

export async function reply(rows, question) {
  const messages = [
    { role: 'system', content: RULES },
    ...rows.map((row) => ({ role: row.mine ? 'user' : 'assistant', content: row.text })),
    { role: 'user', content: question },
  ];

  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ workflow_id: process.env.WORKFLOW_ID, input: { messages } }),
  });
  if (!res.ok) throw new Error('The zoo does not answer');
  const data = await res.json();
  return data.output_text;
}
