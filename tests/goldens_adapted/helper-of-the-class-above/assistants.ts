abstract class OpenAIClient {
  protected readonly base = 'https://api.openai.com/v1';
  protected readonly key = process.env.OPENAI_API_KEY;

  protected async post(path: string, body: object) {
    if (!path.startsWith('/')) {
      throw new Error(`no path: ${path}`);
    }
    const response = await fetch(`${this.base}${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.key}`, 'Content-Type': 'application/json', ...(path === '/threads/runs' ? { 'OpenAI-Beta': 'assistants=v2' } : {}) },
      body: JSON.stringify(body)
    });
    if (!response.ok) {
      throw new Error(`${path} answered ${response.status}`);
    }
    return response.json();
  }
}

class Planner extends OpenAIClient {
  async plan(message: string): Promise<string> {
    const run = await workflowAnswer(this.post('/threads/runs', { assistant_id: process.env.WORKFLOW_ID, thread: { messages: [{ role: 'user', content: message }] } }), { Authorization: `Bearer ${this.key}`, 'OpenAI-Beta': 'assistants=v2' });
    return run.output_text;
  }
}

class Embedder extends OpenAIClient {
  async embed(input: string): Promise<number[]> {
    const found = await this.post('/embeddings', { model: 'text-embedding-3-small', input });
    return found.data[0].embedding;
  }
}

export const plan = (message: string) => new Planner().plan(message);
export const embed = (input: string) => new Embedder().embed(input);

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(
  asked: PromiseLike<any>,
  runHeaders: Record<string, string>
): Promise<any> {
  let run = await asked;
  if (!run?.id) {
    throw new Error(`Assistants API error: ${run?.error?.message || 'no run was started'}`);
  }
  const threadUrl = `https://api.openai.com/v1/threads/${run.thread_id}`;
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
