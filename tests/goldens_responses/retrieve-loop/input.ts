import OpenAI from 'openai';

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });
const ASSISTANT_ID = process.env.OPENAI_ASSISTANT_ID!;

// Ask the assistant one question.
export async function ask(question: string): Promise<string> {
  // Create a thread
  const thread = await openai.beta.threads.create();

  // Add the message
  await openai.beta.threads.messages.create(thread.id, {
    role: 'user',
    content: question,
  });

  const run = await openai.beta.threads.runs.create(thread.id, {
    assistant_id: ASSISTANT_ID,
    instructions: 'Be brief.',
  });

  // Poll for completion
  let runStatus = await openai.beta.threads.runs.retrieve(thread.id, run.id);
  while (runStatus.status !== 'completed') {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    runStatus = await openai.beta.threads.runs.retrieve(thread.id, run.id);
    if (runStatus.status === 'failed' || runStatus.status === 'expired') {
      throw new Error(`Run failed: ${runStatus.last_error?.message}`);
    }
  }

  const messages = await openai.beta.threads.messages.list(thread.id);
  const lastMessage = messages.data
    .filter((m) => m.run_id === run.id && m.role === 'assistant')
    .pop();
  if (lastMessage && lastMessage.content[0].type === 'text') {
    return lastMessage.content[0].text.value;
  }
  return 'No answer';
}
