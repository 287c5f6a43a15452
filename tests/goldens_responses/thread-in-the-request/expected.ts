import OpenAI from 'openai';

const client = new OpenAI();

export async function POST(req: Request) {
  const { threadId: given, message } = await req.json();

  let threadId = given;
  if (!threadId) {
    const conversation = await client.conversations.create();
    threadId = conversation.id;
  }

  // Stored thread_... ids ended with the Assistants API; a conversation has an id of its own.
  const response = await client.responses.create({
    model: 'gpt-6-luna',
    instructions: 'Be kind.',
    conversation: threadId,
    input: message,
  });

  if (response.status !== 'completed') {
    return Response.json({ error: response.error?.message ?? response.status }, { status: 500 });
  }

  const text = response.output_text || 'No text';
  return Response.json({ threadId, text });
}
