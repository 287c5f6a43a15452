import OpenAI from 'openai';

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });
const assistantId = process.env.ASSISTANT_ID as string;

// Create a new thread
async function createThread() {
  console.log('Creating a new thread...');
  const thread = await openai.beta.threads.create();
  return thread;
}

// Add a message to the thread
async function addMessage(threadId: string, message: string) {
  console.log('Adding a new message to thread: ' + threadId);
  const response = await openai.beta.threads.messages.create(threadId, {
    role: 'user',
    content: message,
  });
  return response;
}

async function runAssistant(threadId: string) {
  const run = await openai.beta.threads.runs.create(threadId, { assistant_id: assistantId });
  return run;
}

async function waitForCompletion(threadId: string, runId: string) {
  let run = await openai.beta.threads.runs.retrieve(runId, { thread_id: threadId });
  while (run.status !== 'completed') {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    run = await openai.beta.threads.runs.retrieve(runId, { thread_id: threadId });
    if (run.status === 'failed') {
      throw new Error('Run failed');
    }
  }
  return run;
}

export async function start() {
  const thread = await createThread();
  return { threadId: thread.id };
}

export async function send(threadId: string, message: string) {
  try {
    await addMessage(threadId, message);
    const run = await runAssistant(threadId);
    await waitForCompletion(threadId, run.id);
    const messages = await openai.beta.threads.messages.list(threadId);
    const content = messages.data[0].content[0];
    return { reply: content.type === 'text' ? content.text.value : '' };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
