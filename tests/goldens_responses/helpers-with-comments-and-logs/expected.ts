import OpenAI from 'openai';

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

export async function start() {
  // Create a new thread
  console.log('Creating a new thread...');
  const conversation = await openai.conversations.create();
  return { threadId: conversation.id };
}

export async function send(threadId: string, message: string) {
  try {
    // Add a message to the thread
    console.log('Adding a new message to thread: ' + threadId);
    // Stored thread_... ids ended with the Assistants API; a conversation has an id of its own.
    const run = await openai.responses.create({
      model: 'gpt-6-luna',
      conversation: threadId,
      input: message,
    });
    if (run.status === 'failed') {
      throw new Error('Run failed');
    }
    if (run.status !== 'completed') {
      throw new Error(`OpenAI response ${run.status}: ${run.error?.message ?? run.incomplete_details?.reason ?? 'no reason given'}`);
    }
    return { reply: run.output_text };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
