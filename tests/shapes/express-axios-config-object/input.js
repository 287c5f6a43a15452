import express from 'express';
import axios from 'axios';

const app = express();
app.use(express.json());

app.post('/ask', async (req, res) => {
  try {
    const result = await axios({
      method: 'post',
      url: `https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`,
      headers: {
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        'Content-Type': 'application/json',
        'OpenAI-Beta': 'workflows=v1',
      },
      data: { input: { message: req.body.question } },
      timeout: 60000,
    });
    res.json({ answer: result.data.output.message });
  } catch (e) {
    res.status(e.response?.status ?? 500).json({ error: 'workflow failed' });
  }
});

app.listen(process.env.PORT ?? 8080);
