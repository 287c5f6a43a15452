const axios = require('axios');

const openai = axios.create({
  baseURL: process.env.OPENAI_BASE_URL || 'https://api.openai.com/v1',
  headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
});

const post = (path, body) => openai.post(path, body, { headers: { 'OpenAI-Beta': 'assistants=v2' } }).then((r) => r.data);
const get = (path) => openai.get(path, { headers: { 'OpenAI-Beta': 'assistants=v2' } }).then(({ data }) => data);

exports.ask = async (question) => {
  const { id } = await workflowAnswer(post('/threads/runs', { assistant_id: process.env.OPENAI_WORKFLOW_ID, thread: { messages: [{ role: 'user', content: question }] } }), openai, { 'OpenAI-Beta': 'assistants=v2' }, '');
  for (let i = 0; i < 30; i++) {
    const run = await workflowAnswer(get(`/threads/${id}`), openai, { 'OpenAI-Beta': 'assistants=v2' }, '');
    if (run.status === 'completed') return run.output_text;
    if (run.status === 'failed') throw new Error('the run failed');
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error('gave up');
};

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(asked, client, runHeaders, baseUrl) {
  let run = await asked;
  const threadUrl = `${baseUrl}/threads/${run.thread_id}`;
  const runUrl = `${threadUrl}/runs/${run.id}`;
  const maxSeconds = 30;
  const deadline = Date.now() + maxSeconds * 1000;
  const ended = ['completed', 'failed', 'cancelled', 'incomplete', 'expired', 'requires_action'];
  let failed = '';
  for (let delay = 500; !ended.includes(run.status) && !failed; delay = Math.min(delay * 1.5, 5000)) {
    if (Date.now() >= deadline) {
      await client.post(`${runUrl}/cancel`, undefined, { headers: runHeaders }).catch(() => {});
      failed = `gave up after ${maxSeconds} seconds`;
    } else {
      await new Promise(resolve => setTimeout(resolve, delay));
      const polled = await client.get(runUrl, { headers: runHeaders });
      run = polled.data;
    }
  }
  let text = '';
  if (run.status === 'completed') {
    const messagesUrl = `${threadUrl}/messages?run_id=${run.id}&order=asc&limit=100`;
    const listed = await client.get(messagesUrl, { headers: runHeaders });
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
    throw new Error(`Assistant run ${run.status}: ${failed || 'no text'}`);
  }
  return { output_text: text, id: `${run.thread_id}/runs/${run.id}`, status: 'completed' };
}
