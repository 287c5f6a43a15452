import express from 'express';
import axios from 'axios';

const app = express();
app.use(express.json());

app.post('/ask', async (req, res) => {
  try {
    const result = await workflowAnswer(axios({
      method: 'post',
      url: 'https://api.openai.com/v1/responses',
      headers: {
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        'Content-Type': 'application/json',
      },
      data: { model: 'gpt-6-luna', input: req.body.question },
      timeout: 60000,
    }));
    res.json({ answer: result.data.output.message });
  } catch (e) {
    res.status(e.response?.status ?? 500).json({ error: 'workflow failed' });
  }
});

app.listen(process.env.PORT ?? 8080);

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
  return { ...live, data: { output_text: text, output: { message: text }, id: answered.id, status: 'completed' } };
}
