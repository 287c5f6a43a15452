import OpenAI from 'openai';

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

export async function plan(message, context) {
  const response = await openai.responses.create({
    model: 'gpt-6-luna',
    metadata: { of: 'plan' },
    input: JSON.stringify({ message, context }),
  });
  return response.output_text;
}

export async function answer(message) {
  const response = await openai.responses.create({
    // of the live one
    // the last that was published
    model: 'gpt-6-luna',
    input: message,
  });
  return response.output_text;
}
