import OpenAI from 'openai';

const client = new OpenAI();

export async function POST(req: Request) {
  const { threadId: given, message } = await req.json();

  let threadId = given;
  if (!threadId) {
    const thread = await client.beta.threads.create();
    threadId = thread.id;
  }

  await client.beta.threads.messages.create(threadId, { role: 'user', content: message });

  const run = await client.beta.threads.runs.createAndPoll(threadId, {
    assistant_id: 'asst_abc123',
    instructions: 'Be kind.',
    model: 'gpt-4o',
  });

  if (run.status !== 'completed') {
    return Response.json({ error: run.last_error?.message ?? run.status }, { status: 500 });
  }

  const messages = await client.beta.threads.messages.list(threadId, { limit: 1 });
  const content = messages.data[0].content[0];
  const text = content.type === 'text' ? content.text.value : 'No text';
  return Response.json({ threadId, text });
}
