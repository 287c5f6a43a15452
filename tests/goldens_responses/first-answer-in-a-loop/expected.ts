import OpenAI from 'openai';

const openai = new OpenAI();

interface Store {
  load(user: string): Promise<string | undefined>;
  save(user: string, threadId: string): Promise<void>;
}

export async function reply(store: Store, user: string, text: string) {
  let threadId = await store.load(user);
  if (!threadId) {
    const conversation = await openai.conversations.create({ metadata: { user } });
    threadId = conversation.id;
    await store.save(user, threadId);
  }
  // Stored thread_... ids ended with the Assistants API; a conversation has an id of its own.
  const response = await openai.responses.create({
    model: 'gpt-6-luna',
    conversation: threadId,
    input: text
  });
  let answer: string | null = null;
  if (response.status === 'completed') {
    // The newest comes first.
    if (response.output_text) {
      answer = response.output_text;
    }
  }
  return answer;
}
