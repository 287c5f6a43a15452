import express from 'express';
import got from 'got';

const client = got.extend({
  prefixUrl: 'https://api.openai.com/v1/',
  headers: {
    authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    'OpenAI-Beta': 'workflows=v1',
  },
  retry: { limit: 0 },
});

const app = express();
app.use(express.json());

app.post('/chat', async (req, res) => {
  try {
    const data = await client
      .post('workflows/runs', {
        json: { workflow_id: process.env.WORKFLOW_ID, input: { message: req.body.message } },
      })
      .json();
    res.json({ reply: data.output?.message ?? data.output_text ?? '' });
  } catch (err) {
    console.error('workflow failed', err.message);
    res.status(502).json({ error: 'workflow failed' });
  }
});

app.listen(3000);
