import OpenAI from 'openai';

const openai = new OpenAI();

export async function summarize(text) {
  const run = await openai.beta.threads.createAndRunPoll({
    assistant_id: process.env.SUMMARY_ASSISTANT,
    thread: {
      messages: [
        { role: 'user', content: 'Summarize what follows.' },
        { role: 'user', content: text },
      ],
    },
    temperature: 0.2,
  });
  const messages = await openai.beta.threads.messages.list(run.thread_id, { order: 'desc' });
  return messages.data[0].content[0].text.value;
}
