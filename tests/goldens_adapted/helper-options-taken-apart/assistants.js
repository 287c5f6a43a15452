const API = process.env.OPENAI_API_BASE || 'https://api.openai.com/v1';

/**
 * @param {string} path
 * @param {any} [options]
 */
async function apiFetch(path, { method = 'GET', body, headers } = {}) {
  const response = await fetch(API + path, {
    method,
    headers: {
      ...headers,
      'Content-Type': 'application/json',
      Authorization: 'Bearer ' + process.env.OPENAI_API_KEY,
    },
    body: body ? JSON.stringify(body) : undefined,
  });
  if (!response.ok) throw new Error(`OpenAI answered ${response.status}`);
  return response.json();
}

export async function summarise(text) {
  const data = await workflowAnswer(apiFetch('/threads/runs', {
    method: 'POST',
    headers: { 'OpenAI-Beta': 'assistants=v2' },
    body: {
      assistant_id: process.env.WORKFLOW_ID,
      thread: { messages: [{ role: 'user', content: text }] },
    },
  }), { Authorization: 'Bearer ' + process.env.OPENAI_API_KEY, 'OpenAI-Beta': 'assistants=v2' }, API);
  return data.output?.message || data.output || '';
}

export async function chat(question) {
  const done = await apiFetch('/chat/completions', {
    method: 'POST',
    body: { model: 'gpt-4.1-mini', messages: [{ role: 'user', content: question }] },
  });
  return done.choices[0].message.content;
}

export const models = () => apiFetch('/models');

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(asked, runHeaders, baseUrl) {
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
  return { output_text: text, output: { message: text }, id: run.id, status: 'completed' };
}
