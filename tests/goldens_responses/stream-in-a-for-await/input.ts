import OpenAI from 'openai';

const openai = new OpenAI();

export async function* answer(question: string) {
  const thread = await openai.beta.threads.create();
  await openai.beta.threads.messages.create(thread.id, {
    role: 'user',
    content: question,
  });

  // Stream the answer as it is written.
  const stream = await openai.beta.threads.runs.create(thread.id, {
    assistant_id: 'asst_abc',
    stream: true,
  });

  for await (const event of stream) {
    if (event.event === 'thread.message.delta') {
      const part = event.data.delta.content?.[0];
      if (part?.type === 'text' && part.text?.value) {
        yield part.text.value;
      }
    } else if (event.event === 'thread.run.failed') {
      throw new Error(event.data.last_error?.message ?? 'failed');
    }
  }
}
