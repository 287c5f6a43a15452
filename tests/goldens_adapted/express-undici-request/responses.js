import express from 'express';
import { request } from 'undici';

const app = express();
app.use(express.json());

app.post('/run', async (req, res) => {
  const { statusCode, body } = await workflowAnswer(request('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ model: 'gpt-6-luna', input: req.body.message }),
  }));
  if (statusCode >= 400) {
    return res.status(502).json({ error: await body.text() });
  }
  const data = await body.json();
  res.json({ reply: data.output_text });
});

app.listen(3000);

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked) {
  const live = await asked;
  if (live.statusCode >= 300) {
    return live;
  }
  const answered = JSON.parse(await live.body.text());
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
    const told = JSON.stringify({ error });
    const failure = { text: async () => told, json: async () => JSON.parse(told) };
    return { ...live, statusCode: 502, body: Object.assign(live.body, failure) };
  }
  const adapted = JSON.stringify({ output_text: text, id: answered.id, status: 'completed' });
  const body = { text: async () => adapted, json: async () => JSON.parse(adapted) };
  return { ...live, body: Object.assign(live.body, body) };
}
