const express = require('express');

const app = express();
app.use(express.json());

async function send(url, body) {
  const response = await workflowAnswer(fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`
    },
    body: JSON.stringify(body)
  }));
  const json = await response.json().catch(() => null);
  return { success: response.ok, code: response.status, json };
}

app.post('/ask', async (req, res) => {
  const asked = { input: { message: req.body.message } };

  const result = await send('https://api.openai.com/v1/responses', { model: 'gpt-6-luna', input: asked.input.message });

  if (!result.success) {
    return res.status(502).json({ error: result.json?.error?.message ?? `HTTP ${result.code}` });
  }
  res.json({ reply: result.json.output?.message ?? result.json.output });
});

app.listen(3000);

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
  const body = JSON.stringify({ output_text: text, output: { message: text }, id: answered.id, status: 'completed' });
  return new Response(body, { status: live.status, headers });
}
