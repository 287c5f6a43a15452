import OpenAI from 'openai';

const client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

export async function trip(message: string) {
  const run = await workflowAnswer((client as any).beta.threads.createAndRunPoll({
    assistant_id: 'wf_trip',
    thread: { messages: [{ role: 'user', content: message }] },
  }, { pollIntervalMs: 1000, signal: AbortSignal.timeout(30000) }), client);
  return { city: run.output.city, days: run.output.days.length };
}

// Takes an ended Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(asked: PromiseLike<any>, client2: any): Promise<any> {
  const run = await asked;
  let text = '';
  let failed: string;
  if (run.status === 'completed') {
    const listing = { run_id: run.id, order: 'asc', limit: 100 };
    const messages = await client2.beta.threads.messages.list(run.thread_id, listing);
    const parts = [];
    for (const message of messages.data) {
      parts.push(...(message.role === 'assistant' ? message.content : []));
    }
    const refused = parts.find(part => part.type === 'refusal');
    failed = refused ? `refused: ${refused.refusal}` : '';
    text = parts.filter(part => part.type === 'text').map(part => part.text.value).join('\n\n');
  } else {
    failed = run.last_error?.message || run.incomplete_details?.reason || run.status;
  }
  let fields: object | null = null;
  try {
    const parsed = JSON.parse(text.replace(/^\s*```\w*|```\s*$/g, ''));
    if (parsed instanceof Object && !Array.isArray(parsed)) {
      fields = parsed;
    }
  } catch {
    // What is no JSON is no object either.
  }
  if (failed || !fields) {
    throw new Error(`Assistant run ${run.status}: ${failed || (text ? 'no JSON object' : 'no text')}`);
  }
  return { output_text: text, output: fields, id: run.id, status: 'completed' };
}
