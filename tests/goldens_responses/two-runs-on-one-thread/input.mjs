import OpenAI from 'openai';

const openai = new OpenAI();

export async function draftAndReview(topic) {
  const thread = await openai.beta.threads.create({
    messages: [{ role: 'user', content: `Write about ${topic}.` }],
  });

  const draftRun = await openai.beta.threads.runs.createAndPoll(thread.id, {
    assistant_id: 'asst_writer',
    instructions: 'Write.',
  });
  if (draftRun.status !== 'completed') throw new Error(`draft ${draftRun.status}`);
  const drafts = await openai.beta.threads.messages.list(thread.id);
  const draft = drafts.data[0].content[0].text.value;

  await openai.beta.threads.messages.create(thread.id, { role: 'user', content: 'Now review it.' });
  const reviewRun = await openai.beta.threads.runs.createAndPoll(thread.id, {
    assistant_id: 'asst_reviewer',
    instructions: 'Review.',
  });
  if (reviewRun.status !== 'completed') throw new Error(`review ${reviewRun.status}`);
  const reviews = await openai.beta.threads.messages.list(thread.id);
  const review = reviews.data[0].content[0].text.value;

  return { draft, review };
}
