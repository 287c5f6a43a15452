import OpenAI from 'openai';
const openai = new OpenAI();
async function run(threadId) {
  return openai.beta.threads.runs.createAndPoll(threadId, { assistant_id: process.env.ASSISTANT_ID });
}
async function lastAnswer(threadId) {
  const messages = await openai.beta.threads.messages.list(threadId, { limit: 1 });
  return messages.data[0]?.content[0]?.text?.value ?? '';
}
export async function ask(q) {
  const thread = await openai.beta.threads.create({ messages: [{ role: 'user', content: q }] });
  const finished = await run(thread.id);
  if (finished.status !== 'completed') throw new Error(finished.status);
  return lastAnswer(thread.id);
}
export async function summarize(document) {
  const thread = await openai.beta.threads.create({ messages: [{ role: 'user', content: 'Summarize: ' + document }] });
  const done = await run(thread.id);
  if (done.status !== 'completed') throw new Error(done.status);
  return lastAnswer(thread.id);
}
