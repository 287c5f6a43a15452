import OpenAI from 'openai';

const openai = new OpenAI();

export async function draftAndReview(topic) {
  const conversation = await openai.conversations.create();

  const response = await openai.responses.create({
    model: 'gpt-6-luna',
    instructions: 'Write.',
    conversation: conversation.id,
    input: `Write about ${topic}.`,
  });
  if (response.status !== 'completed') throw new Error(`draft ${response.status}`);
  if (!response.output_text) {
    throw new Error('OpenAI response has no text');
  }
  const draft = response.output_text;

  const reviewRun = await openai.responses.create({
    model: 'gpt-6-luna',
    instructions: 'Review.',
    conversation: conversation.id,
    input: 'Now review it.',
  });
  if (reviewRun.status !== 'completed') throw new Error(`review ${reviewRun.status}`);
  if (!reviewRun.output_text) {
    throw new Error('OpenAI response has no text');
  }
  const review = reviewRun.output_text;

  return { draft, review };
}
