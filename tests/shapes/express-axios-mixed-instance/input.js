import express from 'express';
import axios from 'axios';

const api = axios.create({ baseURL: 'https://api.openai.com', timeout: 30000 });
api.defaults.headers.common.Authorization = `Bearer ${process.env.OPENAI_API_KEY}`;

const app = express();
app.use(express.json());

app.post('/workflow', async (req, res, next) => {
  try {
    const { data } = await api.post(`/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
      input: { message: req.body.message },
    });
    res.json({ reply: data.output_text });
  } catch (error) {
    next(error);
  }
});

app.post('/chat', async (req, res, next) => {
  try {
    const { data } = await api.post('/v1/chat/completions', {
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: req.body.message }],
    });
    res.json({ reply: data.choices[0].message.content });
  } catch (error) {
    next(error);
  }
});

app.listen(3001);
