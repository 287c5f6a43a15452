import undici from 'undici';

const WORKFLOW = process.env.WORKFLOW_ID ?? '';

export async function complete(prompt: string): Promise<string> {
  const res = await workflowAnswer(undici.request('https://api.openai.com/v1/threads/runs', {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'Content-Type': 'application/json',
      'OpenAI-Beta': 'assistants=v2',
    },
    body: JSON.stringify({ assistant_id: WORKFLOW, thread: { messages: [{ role: 'user', content: prompt }] } }),
    headersTimeout: 60_000,
  }), undici.request, { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'OpenAI-Beta': 'assistants=v2' });
  const data = JSON.parse(await res.body.text());
  return data.output_text ?? data.output?.text ?? '';
}

// Waits for an Assistants API run and gives its text in the shape that this file reads.
// The file would show an error for an answer, so what is no answer is thrown.
async function workflowAnswer(
  asked: Promise<import('undici').Dispatcher.ResponseData>,
  send: typeof import('undici').request,
  runHeaders: Record<string, string>
): Promise<import('undici').Dispatcher.ResponseData> {
  const live = await asked;
  if (live.statusCode >= 300) {
    throw new Error(`Assistants API error ${live.statusCode}: ${await live.body.text()}`);
  }
  let run = JSON.parse(await live.body.text());
  const threadUrl = `https://api.openai.com/v1/threads/${run.thread_id}`;
  const runUrl = `${threadUrl}/runs/${run.id}`;
  const maxSeconds = 30;
  const deadline = Date.now() + maxSeconds * 1000;
  const ended = ['completed', 'failed', 'cancelled', 'incomplete', 'expired', 'requires_action'];
  let failed = '';
  for (let delay = 500; !ended.includes(run.status) && !failed; delay = Math.min(delay * 1.5, 5000)) {
    if (Date.now() >= deadline) {
      const cancelled = send(`${runUrl}/cancel`, { method: 'POST', headers: runHeaders });
      await cancelled.then(response => response.body.text()).catch(() => {});
      failed = `gave up after ${maxSeconds} seconds`;
    } else {
      await new Promise(resolve => setTimeout(resolve, delay));
      const polled = await send(runUrl, { headers: runHeaders });
      if (polled.statusCode >= 300) {
        throw new Error(`Assistants API error ${polled.statusCode}: ${await polled.body.text()}`);
      }
      run = JSON.parse(await polled.body.text());
    }
  }
  let text = '';
  if (run.status === 'completed') {
    const messagesUrl = `${threadUrl}/messages?run_id=${run.id}&order=asc&limit=100`;
    const listed = await send(messagesUrl, { headers: runHeaders });
    if (listed.statusCode >= 300) {
      throw new Error(`Assistants API error ${listed.statusCode}: ${await listed.body.text()}`);
    }
    const messages = JSON.parse(await listed.body.text());
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
  const adapted = JSON.stringify({ output_text: text, id: run.id, status: 'completed' });
  const body = { text: async () => adapted, json: async () => JSON.parse(adapted) };
  return { ...live, body: Object.assign(live.body, body) };
}
