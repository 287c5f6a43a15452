import axios from 'axios';
import express from 'express';

const app = express();
app.use(express.json());

app.post('/chat', async (req, res) => {
  const { message } = req.body;
  try {
    const { status, data } = await axios.post(
      `https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`,
      { input: { message } },
      {
        headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
        timeout: 60_000,
        validateStatus: () => true,
      },
    );
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
