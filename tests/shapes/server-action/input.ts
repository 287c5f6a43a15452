'use server';

export async function askAgent(prev: unknown, formData: FormData) {
  const question = String(formData.get('question') ?? '');
  if (!question) return { error: 'Please ask something.' };

  const res = await fetch(`https://api.openai.com/v1/workflows/${process.env.OPENAI_WORKFLOW_ID}/runs`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'OpenAI-Beta': 'workflows=v1',
    },
    body: JSON.stringify({ input: { message: question } }),
  });

  if (!res.ok) return { error: 'The agent could not be reached.' };

  const data = await res.json();
  return { answer: data.output_text as string };
}
