const ROOT = 'https://api.openai.com/v1';

async function call<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(`${ROOT}${path}`, {
    ...init,
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'Content-Type': 'application/json',
      ...(path === '/threads/runs' ? { 'OpenAI-Beta': 'assistants=v2' } : {}),
    },
  });
  if (!response.ok) {
    throw new Error(`OpenAI: ${response.status}`);
  }
  return (await response.json()) as T;
}

export function listModels() {
  return call<{ data: { id: string }[] }>('/models');
}

export async function answer(question: string, signal?: AbortSignal) {
  const run = await workflowAnswer(call<{ output_text?: string }>('/threads/runs', {
    method: 'POST',
    signal,
    body: JSON.stringify({ assistant_id: process.env.WORKFLOW_ID, thread: { messages: [{ role: 'user', content: question }] } }),
  }), { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'OpenAI-Beta': 'assistants=v2' }, signal);
  return run.output_text ?? '';
}

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(
  asked: PromiseLike<any>,
  runHeaders: Record<string, string>,
  signal?: AbortSignal | null
): Promise<any> {
  let run = await asked;
  if (!run?.id) {
    throw new Error(`Assistants API error: ${run?.error?.message || 'no run was started'}`);
  }
  const threadUrl = `https://api.openai.com/v1/threads/${run.thread_id}`;
  const runUrl = `${threadUrl}/runs/${run.id}`;
  const maxSeconds = 30;
  const deadline = Date.now() + maxSeconds * 1000;
  // Ends the wait between two requests, the next of which throws what was aborted
  const stopped = new Promise(resolve => signal?.addEventListener('abort', resolve, { once: true }));
  const ended = ['completed', 'failed', 'cancelled', 'incomplete', 'expired', 'requires_action'];
  let failed = '';
  for (let delay = 500; !ended.includes(run.status) && !failed; delay = Math.min(delay * 1.5, 5000)) {
    if (Date.now() >= deadline) {
      await fetch(`${runUrl}/cancel`, { method: 'POST', headers: runHeaders }).catch(() => {});
      failed = `gave up after ${maxSeconds} seconds`;
    } else {
      await new Promise(resolve => {
        const timer = setTimeout(resolve, delay);
        stopped.then(() => resolve(clearTimeout(timer)));
      });
      const polled = await fetch(runUrl, { headers: runHeaders, signal });
      if (!polled.ok) {
        throw new Error(`Assistants API error ${polled.status}: ${await polled.text()}`);
      }
      run = await polled.json();
    }
  }
  let text = '';
  if (run.status === 'completed') {
    const messagesUrl = `${threadUrl}/messages?run_id=${run.id}&order=asc&limit=100`;
    const listed = await fetch(messagesUrl, { headers: runHeaders, signal });
    if (!listed.ok) {
      throw new Error(`Assistants API error ${listed.status}: ${await listed.text()}`);
    }
    const messages = await listed.json();
    const parts = [];
    for (const message of messages.data) {
      parts.push(...(message.role === 'assistant' ? message.content : []));
    }
    const refused = parts.find(part => part.type === 'refusal');
    failed = refused ? `refused: ${refused.refusal}` : '';
    text = parts.filter(part => part.type === 'text').map(part => part.text.value).join('\n\n');
  } else {
    failed = failed || run.last_error?.message || run.incomplete_details?.reason || run.status;
  }
  if (failed || !text) {
    throw new Error(`Assistant run ${run.status}: ${failed || 'no text'}`);
  }
  return { output_text: text, id: run.id, status: 'completed' };
}
