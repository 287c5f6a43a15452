function project() {
  const id = process.env.OPENAI_PROJECT_ID;
  return id ? { 'OpenAI-Project': id } : {};
}

async function readBody(response) {
  const text = await response.text();
  try {
    return { text, json: JSON.parse(text) };
  } catch {
    return { text, json: null };
  }
}

export default async function handler(req, res) {
  const question = String(req.body.question || '');
  try {
    const started = await workflowAnswer(fetch('https://api.openai.com/v1/threads/runs', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        ...project(),
        'OpenAI-Beta': 'assistants=v2',
      },
      body: JSON.stringify({ assistant_id: process.env.WORKFLOW_ID, thread: { messages: [{ role: 'user', content: question }] } }),
    }), { ...project(), Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'OpenAI-Beta': 'assistants=v2' });
    const first = await readBody(started);
    if (!started.ok) {
      return res.status(started.status).json({ error: first.json?.error?.message || first.text });
    }

    let run = first.json;
    for (let left = 25; left > 0 && run?.status !== 'completed'; left -= 1) {
      await new Promise((resolve) => setTimeout(resolve, 800));
      const again = await workflowAnswer(fetch(`https://api.openai.com/v1/threads/${first.json.id}`, {
        headers: {
          Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
          ...project(),
          'OpenAI-Beta': 'assistants=v2',
        },
      }), { ...project(), Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'OpenAI-Beta': 'assistants=v2' });
      const next = await readBody(again);
      if (!again.ok) {
        return res.status(again.status).json({ error: next.json?.error?.message || next.text });
      }
      run = next.json;
    }
    if (run?.status !== 'completed') {
      return res.status(504).json({ error: 'no answer in time' });
    }
    return res.status(200).json({ reply: run.output_text || '' });
  } catch (error) {
    return res.status(500).json({ error: String(error) });
  }
}

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(asked, runHeaders) {
  const live = await asked;
  if (!live.ok) {
    return live;
  }
  let run = await live.json();
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
        return polled;
      }
      run = await polled.json();
    }
  }
  let text = '';
  if (run.status === 'completed') {
    const messagesUrl = `${threadUrl}/messages?run_id=${run.id}&order=asc&limit=100`;
    const listed = await fetch(messagesUrl, { headers: runHeaders });
    if (!listed.ok) {
      return listed;
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
    const message = `Assistant run ${run.status}: ${failed || 'no text'}`;
    const error = { message, type: 'api_error', param: null, code: run.last_error?.code || null };
    const failure = { status: 502, headers: { 'Content-Type': 'application/json' } };
    return new Response(JSON.stringify({ error }), failure);
  }
  const headers = { 'Content-Type': 'application/json' };
  const body = JSON.stringify({ output_text: text, id: `${run.thread_id}/runs/${run.id}`, status: 'completed' });
  return new Response(body, { status: live.status, headers });
}
