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
    const started = await workflowAnswer(fetch('https://api.openai.com/v1/responses', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        ...project(),
      },
      body: JSON.stringify({ model: 'gpt-6-luna', input: question }),
    }));
    const first = await readBody(started);
    if (!started.ok) {
      return res.status(started.status).json({ error: first.json?.error?.message || first.text });
    }

    let run = first.json;
    for (let left = 25; left > 0 && run?.status !== 'completed'; left -= 1) {
      await new Promise((resolve) => setTimeout(resolve, 800));
      const again = await workflowAnswer(fetch(`https://api.openai.com/v1/responses/${first.json.id}`, {
        headers: {
          Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
          ...project(),
        },
      }));
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

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked) {
  const live = await asked;
  if (!live.ok) {
    return live;
  }
  const answered = await live.json();
  let text = '';
  let finalText = '';
  let refusal = '';
  for (const item of answered.output || []) {
    for (const part of item.type === 'message' ? item.content : []) {
      refusal += part.refusal || '';
      text += part.type === 'output_text' ? part.text : '';
      finalText += part.type === 'output_text' && item.phase === 'final_answer' ? part.text : '';
    }
  }
  text = finalText || text;
  const headers = { 'Content-Type': 'application/json' };
  if (answered.status !== 'completed' || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: 'api_error', param: null, code: answered.error?.code || null };
    return new Response(JSON.stringify({ error }), { status: 502, headers });
  }
  const body = JSON.stringify({ output_text: text, id: answered.id, status: 'completed' });
  return new Response(body, { status: live.status, headers });
}
