const axios = require('axios');

async function callOpenAI(method, path, data) {
  const res = await axios({
    method,
    url: `https://api.openai.com/v1${path}`,
    data,
    headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, ...(path.startsWith('/threads/') ? { 'OpenAI-Beta': 'assistants=v2' } : {}) }
  });
  return res.data;
}

async function listModels() {
  const models = await callOpenAI('GET', '/models');
  return models.data.map(model => model.id);
}

async function run(question) {
  let current = await workflowAnswer(callOpenAI('POST', '/threads/runs', { assistant_id: 'wf_123', thread: { messages: [{ role: 'user', content: question }] } }), axios, { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'OpenAI-Beta': 'assistants=v2' });
  while (current.status === 'in_progress' || current.status === 'queued') {
    await new Promise(resolve => setTimeout(resolve, 1000));
    current = await workflowAnswer(callOpenAI('GET', `/threads/${current.id}`), axios, { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'OpenAI-Beta': 'assistants=v2' });
  }
  if (current.status === 'failed') {
    throw new Error('The workflow failed');
  }
  return current.output_text;
}

module.exports = { listModels, run };

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(asked, client, runHeaders) {
  let run2 = await asked;
  const threadUrl = `https://api.openai.com/v1/threads/${run2.thread_id}`;
  const runUrl = `${threadUrl}/runs/${run2.id}`;
  const maxSeconds = 30;
  const deadline = Date.now() + maxSeconds * 1000;
  const ended = ['completed', 'failed', 'cancelled', 'incomplete', 'expired', 'requires_action'];
  let failed = '';
  for (let delay = 500; !ended.includes(run2.status) && !failed; delay = Math.min(delay * 1.5, 5000)) {
    if (Date.now() >= deadline) {
      await client.post(`${runUrl}/cancel`, undefined, { headers: runHeaders }).catch(() => {});
      failed = `gave up after ${maxSeconds} seconds`;
    } else {
      await new Promise(resolve => setTimeout(resolve, delay));
      const polled = await client.get(runUrl, { headers: runHeaders });
      run2 = polled.data;
    }
  }
  let text = '';
  if (run2.status === 'completed') {
    const messagesUrl = `${threadUrl}/messages?run_id=${run2.id}&order=asc&limit=100`;
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
    failed = failed || run2.last_error?.message || run2.incomplete_details?.reason || run2.status;
  }
  if (failed || !text) {
    throw new Error(`Assistant run ${run2.status}: ${failed || 'no text'}`);
  }
  return { output_text: text, id: `${run2.thread_id}/runs/${run2.id}`, status: 'completed' };
}
