type Options = { apiKey: string; baseUrl?: string };

class Client {
  private readonly apiKey: string;
  private readonly baseUrl: string;

  constructor(options: Options) {
    this.apiKey = options.apiKey;
    this.baseUrl = options.baseUrl ?? 'https://api.openai.com/v1';
  }

  private async request<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.apiKey}`, 'Content-Type': 'application/json', ...(path === '/threads/runs' ? { 'OpenAI-Beta': 'assistants=v2' } : {}) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return response.json() as Promise<T>;
  }

  models() {
    return this.request<{ data: { id: string }[] }>('GET', '/models');
  }

  async run(id: string, message: string): Promise<string> {
    const data = await workflowAnswer(this.request<any>('POST', '/threads/runs', { assistant_id: id, thread: { messages: [{ role: 'user', content: message }] } }), { Authorization: `Bearer ${this.apiKey}`, 'OpenAI-Beta': 'assistants=v2' }, this.baseUrl);
    return data.output_text;
  }
}

const client = new Client({ apiKey: process.env.OPENAI_API_KEY ?? '' });

export const run = (message: string) => client.run('wf_123', message);

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(
  asked: PromiseLike<any>,
  runHeaders: Record<string, string>,
  baseUrl: string
): Promise<any> {
  let run2 = await asked;
  if (!run2?.id) {
    throw new Error(`Assistants API error: ${run2?.error?.message || 'no run was started'}`);
  }
  const threadUrl = `${baseUrl}/threads/${run2.thread_id}`;
  const runUrl = `${threadUrl}/runs/${run2.id}`;
  const maxSeconds = 30;
  const deadline = Date.now() + maxSeconds * 1000;
  const ended = ['completed', 'failed', 'cancelled', 'incomplete', 'expired', 'requires_action'];
  let failed = '';
  for (let delay = 500; !ended.includes(run2.status) && !failed; delay = Math.min(delay * 1.5, 5000)) {
    if (Date.now() >= deadline) {
      await fetch(`${runUrl}/cancel`, { method: 'POST', headers: runHeaders }).catch(() => {});
      failed = `gave up after ${maxSeconds} seconds`;
    } else {
      await new Promise(resolve => setTimeout(resolve, delay));
      const polled = await fetch(runUrl, { headers: runHeaders });
      if (!polled.ok) {
        throw new Error(`Assistants API error ${polled.status}: ${await polled.text()}`);
      }
      run2 = await polled.json();
    }
  }
  let text = '';
  if (run2.status === 'completed') {
    const messagesUrl = `${threadUrl}/messages?run_id=${run2.id}&order=asc&limit=100`;
    const listed = await fetch(messagesUrl, { headers: runHeaders });
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
    failed = failed || run2.last_error?.message || run2.incomplete_details?.reason || run2.status;
  }
  if (failed || !text) {
    throw new Error(`Assistant run ${run2.status}: ${failed || 'no text'}`);
  }
  return { output_text: text, id: run2.id, status: 'completed' };
}
