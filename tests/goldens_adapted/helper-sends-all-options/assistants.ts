const API = 'https://api.openai.com/v1';

async function http<T>(url: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(url, init);
  if (!response.ok) {
    throw new Error(`${init.method ?? 'GET'} ${url} answered ${response.status}`);
  }
  return response.json() as Promise<T>;
}

function authorized(): HeadersInit {
  return { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'Content-Type': 'application/json' };
}

interface Run {
  id: string;
  status: string;
  output?: { text: string };
}

export async function answer(message: string): Promise<string> {
  const run = await workflowAnswer(http<Run>('https://api.openai.com/v1/threads/runs', {
    method: 'POST',
    headers: { ...authorized(), 'OpenAI-Beta': 'assistants=v2' },
    body: JSON.stringify({ assistant_id: process.env.WORKFLOW_ID, thread: { messages: [{ role: 'user', content: message }] } })
  }), { ...(authorized() as Record<string, string>), 'OpenAI-Beta': 'assistants=v2' });
  return run.output?.text ?? '';
}

export const models = () => http<{ data: { id: string }[] }>(`${API}/models`, { headers: authorized() });

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
  return { output_text: text, output: { text }, id: run.id, status: 'completed' };
}
