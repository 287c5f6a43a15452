const express = require('express');
const axios = require('axios');

const RUNS = 'https://api.openai.com/v1/workflows/runs';
const app = express();
app.use(express.json());

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

app.post('/api/ask', async (req, res) => {
  const headers = {
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    'Content-Type': 'application/json',
    'OpenAI-Beta': 'workflows=v1',
  };
  try {
    const started = await axios.post(
      RUNS,
      { workflow_id: process.env.WORKFLOW_ID, input: { message: req.body.message } },
      { headers },
    );
    let run = started.data;
    for (let tries = 0; run.status !== 'completed' && tries < 60; tries++) {
      if (run.status === 'failed') {
        return res.status(502).json({ error: 'The workflow failed' });
      }
      await sleep(1000);
      const polled = await axios.get(`${RUNS}/${run.id}`, { headers });
      run = polled.data;
    }
    res.json({ reply: run.output_text || '' });
  } catch (error) {
    res.status(502).json({ error: 'The workflow did not answer' });
  }
});

app.listen(process.env.PORT || 3000);
