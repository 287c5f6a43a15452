import OpenAI from 'openai';

const openai = new OpenAI();

interface Store {
  load(user: string): Promise<string | undefined>;
  save(user: string, threadId: string): Promise<void>;
}

export async function reply(store: Store, user: string, text: string) {
  let threadId = await store.load(user);
  if (!threadId) {
    const thread = await openai.beta.threads.create({ metadata: { user } });
    threadId = thread.id;
    await store.save(user, threadId);
  }
  await openai.beta.threads.messages.create(threadId, { role: 'user', content: text });
  const run = await openai.beta.threads.runs.createAndPoll(threadId, { assistant_id: 'asst_abc' });
  let answer: string | null = null;
  if (run.status === 'completed') {
    const messages = await openai.beta.threads.messages.list(threadId);
    for (const message of messages.data) {
      // The newest comes first.
      if (message.role === 'assistant' && message.content[0].type === 'text') {
        answer = message.content[0].text.value;
        break;
      }
    }
  }
  return answer;
}
