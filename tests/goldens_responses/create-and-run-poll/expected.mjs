import OpenAI from 'openai';

const openai = new OpenAI();

export async function summarize(text) {
  const response = await openai.responses.create({
    model: 'gpt-6-luna',
    input: [
      { role: 'user', content: 'Summarize what follows.' },
      { role: 'user', content: text },
    ],
  });
  if (response.status !== 'completed' || !response.output_text) {
    throw new Error(`OpenAI response ${response.status}: ${response.error?.message ?? response.incomplete_details?.reason ?? 'it has no text'}`);
  }
  return response.output_text;
}
