import express from 'express';
import { request } from 'undici';

const app = express();
app.use(express.json());

app.post('/run', async (req, res) => {
  const { statusCode, body } = await workflowAnswer(request('https://api.openai.com/v1/threads/runs', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'content-type': 'application/json',
      'openai-beta': 'assistants=v2',
    },
    body: JSON.stringify({ assistant_id: process.env.WORKFLOW_ID, thread: { messages: [{ role: 'user', content: req.body.message }] } }),
  }), request, { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'OpenAI-Beta': 'assistants=v2' });
  if (statusCode >= 400) {
    return res.status(502).json({ error: await body.text() });
  }
  const data = await body.json();
  res.json({ reply: data.output_text });
});

app.listen(3000);

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(asked, send, runHeaders) {
  const live = await asked;
  if (live.statusCode >= 300) {
    return live;
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
        return polled;
      }
      run = JSON.parse(await polled.body.text());
    }
  }
  let text = '';
  if (run.status === 'completed') {
    const messagesUrl = `${threadUrl}/messages?run_id=${run.id}&order=asc&limit=100`;
    const listed = await send(messagesUrl, { headers: runHeaders });
    if (listed.statusCode >= 300) {
      return listed;
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
    const message = `Assistant run ${run.status}: ${failed || 'no text'}`;
    const error = { message, type: 'api_error', param: null, code: run.last_error?.code || null };
    const told = JSON.stringify({ error });
    const failure = { text: async () => told, json: async () => JSON.parse(told) };
    return { ...live, statusCode: 502, body: Object.assign(live.body, failure) };
  }
  const adapted = JSON.stringify({ output_text: text, id: run.id, status: 'completed' });
  const body = { text: async () => adapted, json: async () => JSON.parse(adapted) };
  return { ...live, body: Object.assign(live.body, body) };
}
