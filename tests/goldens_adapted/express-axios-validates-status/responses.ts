import axios from 'axios';
import express from 'express';

const app = express();
app.use(express.json());

app.post('/chat', async (req, res) => {
  const { message } = req.body;
  try {
    const { status, data } = await workflowAnswer(axios.post(
      'https://api.openai.com/v1/responses',
      { model: 'gpt-6-luna', input: message },
      {
        headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
        timeout: 60_000,
        validateStatus: code => code < 400,
      },
    )).catch(failed => failed.response || Promise.reject(failed));
    if (status >= 400) {
      console.error('The workflow failed:', data.error?.message);
      return res.status(502).json({ error: `The workflow failed (${status})` });
    }
    return res.json({ reply: data.output_text ?? data.output?.message });
  } catch (error) {
    console.error(error);
    return res.status(500).json({ error: 'OpenAI cannot be reached' });
  }
});

app.listen(Number(process.env.PORT ?? 3000));

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(
  asked: PromiseLike<import('axios').AxiosResponse>
): Promise<import('axios').AxiosResponse> {
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
