import axios from 'axios';

export async function draft(message) {
  const { data } = await workflowAnswer(axios.post(
    'https://api.openai.com/v1/threads/runs',
    { assistant_id: 'wf_mail', thread: { messages: [{ role: 'user', content: message }] } },
    { headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'OpenAI-Beta': 'assistants=v2' } },
  ), axios, { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'OpenAI-Beta': 'assistants=v2' });
  const { subject, cc } = data.result;
  return { subject, to: cc.join(', ') };
}

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(asked, client, runHeaders) {
  const live = await asked;
  let run = live.data;
  const threadUrl = `https://api.openai.com/v1/threads/${run.thread_id}`;
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
  let fields = null;
  try {
    const parsed = JSON.parse(text.replace(/^\s*```\w*|```\s*$/g, ''));
    if (parsed instanceof Object && !Array.isArray(parsed)) {
      fields = parsed;
    }
  } catch {
    // What is no JSON is no object either.
  }
  if (failed || !fields) {
    const message = `Assistant run ${run.status}: ${failed || (text ? 'no JSON object' : 'no text')}`;
    const error = { message, type: 'api_error', param: null, code: run.last_error?.code || null };
    const response = { ...live, status: 502, statusText: 'Bad Gateway', data: { error } };
    throw Object.assign(new Error(message), { isAxiosError: true, response });
  }
  return { ...live, data: { output_text: text, result: fields, id: run.id, status: 'completed' } };
}
