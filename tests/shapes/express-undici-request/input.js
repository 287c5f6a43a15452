import express from 'express';
import { request } from 'undici';

const app = express();
app.use(express.json());

app.post('/run', async (req, res) => {
  const { statusCode, body } = await request(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'content-type': 'application/json',
      'openai-beta': 'workflows=v1',
    },
    body: JSON.stringify({ input: { message: req.body.message } }),
  });
  if (statusCode >= 400) {
    return res.status(502).json({ error: await body.text() });
  }
  const data = await body.json();
  res.json({ reply: data.output_text });
});

app.listen(3000);
