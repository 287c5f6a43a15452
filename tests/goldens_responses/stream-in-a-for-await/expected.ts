import OpenAI from 'openai';

const openai = new OpenAI();

export async function* answer(question: string) {
  // Stream the answer as it is written.
  const stream = await openai.responses.create({
    model: 'gpt-6-luna',
    stream: true,
    input: question,
  });

  for await (const event of stream) {
    if (event.type === 'response.incomplete') {
      throw new Error(`OpenAI response incomplete: ${event.response.incomplete_details?.reason ?? 'no reason given'}`);
    }
    if (event.type === 'error') {
      throw new Error(event.message);
    }
    if (event.type === 'response.output_text.delta') {
      if (event.delta) {
        yield event.delta;
      }
    } else if (event.type === 'response.failed') {
      throw new Error(event.response.error?.message ?? 'failed');
    }
  }
}
