const express = require('express');
const axios = require('axios');

const openai = axios.create({
  baseURL: 'https://api.openai.com/v1',
  headers: {
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    'Content-Type': 'application/json',
  },
});

const app = express();
app.use(express.json());

app.post('/api/message', async (req, res) => {
  const payload = {
    model: 'gpt-6-luna',
    input: req.body.text,
  };
  try {
    const { data } = await workflowAnswer(openai.post('https://api.openai.com/v1/responses', payload));
    res.json({ reply: data.output_text || data.output?.text || '' });
  } catch (err) {
    console.error('workflow error:', err.message);
    res.status(502).json({ error: 'workflow error' });
  }
});

module.exports = app;

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked) {
  const live = await asked;
  const answered = live.data;
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
  if (answered.status !== 'completed' || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: 'api_error', param: null, code: answered.error?.code || null };
    const response = { ...live, status: 502, statusText: 'Bad Gateway', data: { error } };
    throw Object.assign(new Error(message), { isAxiosError: true, response });
  }
  return { ...live, data: { output_text: text, id: answered.id, status: 'completed' } };
}
