import axios from 'axios';

const PATIENCE = 40_000;

export async function summarize(text: string) {
  const signal = AbortSignal.timeout(PATIENCE);
  const { data } = await workflowAnswer(axios.post(
    'https://api.openai.com/v1/threads/runs',
    { assistant_id: process.env.WORKFLOW_ID, thread: { messages: [{ role: 'user', content: text }] } },
    {
      headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'OpenAI-Beta': 'assistants=v2' },
      signal,
    },
  ), axios, { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'OpenAI-Beta': 'assistants=v2' }, signal);
  return { summary: String(data.output_text ?? data.output ?? '') };
}

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(
  asked: PromiseLike<import('axios').AxiosResponse>,
  client: import('axios').AxiosInstance,
  runHeaders: Record<string, string>,
  signal?: AbortSignal
): Promise<import('axios').AxiosResponse> {
  const live = await asked;
  let run = live.data;
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
      await client.post(`${runUrl}/cancel`, undefined, { headers: runHeaders }).catch(() => {});
      failed = `gave up after ${maxSeconds} seconds`;
    } else {
      await new Promise(resolve => {
        const timer = setTimeout(resolve, delay);
        stopped.then(() => resolve(clearTimeout(timer)));
      });
      const polled = await client.get(runUrl, { headers: runHeaders, signal });
      run = polled.data;
    }
  }
  let text = '';
  if (run.status === 'completed') {
    const messagesUrl = `${threadUrl}/messages?run_id=${run.id}&order=asc&limit=100`;
    const listed = await client.get(messagesUrl, { headers: runHeaders, signal });
    const messages = listed.data;
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
    const message = `Assistant run ${run.status}: ${failed || 'no text'}`;
    const error = { message, type: 'api_error', param: null, code: run.last_error?.code || null };
    const response = { ...live, status: 502, statusText: 'Bad Gateway', data: { error } };
    throw Object.assign(new Error(message), { isAxiosError: true, response });
  }
  return { ...live, data: { output_text: text, id: run.id, status: 'completed' } };
}
