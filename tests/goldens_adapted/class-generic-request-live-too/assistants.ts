interface Run {
  id: string;
  output_text?: string;
  output?: { text: string };
}

interface Completion {
  choices: { message: { content: string } }[];
}

export class Archivist {
  constructor(
    private readonly apiKey: string,
    private readonly base = 'https://api.openai.com/v1',
  ) {}

  private async request<T>(path: string, init: RequestInit = {}): Promise<T> {
    const response = await fetch(`${this.base}${path}`, {
      ...init,
      headers: {
        'Content-Type': 'application/json',
        ...(init.headers ?? {}),
        Authorization: `Bearer ${this.apiKey}`,
      },
    });
    if (!response.ok) {
      throw new Error(`OpenAI answered ${response.status}: ${await response.text()}`);
    }
    return (await response.json()) as T;
  }

  async title(question: string): Promise<string> {
    const done = await this.request<Completion>('/chat/completions', {
      method: 'POST',
      body: JSON.stringify({
        model: 'gpt-4.1-mini',
        messages: [{ role: 'user', content: `A title for: ${question}` }],
      }),
    });
    return done.choices[0].message.content;
  }

  async ask(workflowId: string, question: string) {
    const title = await this.title(question);
    const run = await workflowAnswer(this.request<Run>('/threads/runs', {
      method: 'POST',
      body: JSON.stringify({ assistant_id: workflowId, thread: { messages: [{ role: 'user', content: question }] } }),
      headers: { 'OpenAI-Beta': 'assistants=v2' },
    }), { Authorization: `Bearer ${this.apiKey}`, 'OpenAI-Beta': 'assistants=v2' }, this.base);
    return { title, answer: run.output_text ?? run.output?.text ?? '' };
  }
}

const archivist = new Archivist(process.env.OPENAI_API_KEY ?? '');

export const ask = (question: string) =>
  archivist.ask(process.env.WORKFLOW_ID ?? 'wf_123', question);

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(
  asked: PromiseLike<any>,
  runHeaders: Record<string, string>,
  baseUrl: string
): Promise<any> {
  let run = await asked;
  if (!run?.id) {
    throw new Error(`Assistants API error: ${run?.error?.message || 'no run was started'}`);
  }
  const threadUrl = `${baseUrl}/threads/${run.thread_id}`;
  const runUrl = `${threadUrl}/runs/${run.id}`;
  const maxSeconds = 30;
  const deadline = Date.now() + maxSeconds * 1000;
  const ended = ['completed', 'failed', 'cancelled', 'incomplete', 'expired', 'requires_action'];
  let failed = '';
  for (let delay = 500; !ended.includes(run.status) && !failed; delay = Math.min(delay * 1.5, 5000)) {
    if (Date.now() >= deadline) {
      await fetch(`${runUrl}/cancel`, { method: 'POST', headers: runHeaders }).catch(() => {});
      failed = `gave up after ${maxSeconds} seconds`;
    } else {
      await new Promise(resolve => setTimeout(resolve, delay));
      const polled = await fetch(runUrl, { headers: runHeaders });
      if (!polled.ok) {
        throw new Error(`Assistants API error ${polled.status}: ${await polled.text()}`);
      }
      run = await polled.json();
    }
  }
  let text = '';
  if (run.status === 'completed') {
    const messagesUrl = `${threadUrl}/messages?run_id=${run.id}&order=asc&limit=100`;
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
    failed = failed || run.last_error?.message || run.incomplete_details?.reason || run.status;
  }
  if (failed || !text) {
    throw new Error(`Assistant run ${run.status}: ${failed || 'no text'}`);
  }
  return { output_text: text, id: run.id, status: 'completed' };
}
