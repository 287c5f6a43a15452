const express = require('express');
const axios = require('axios');

const app = express();
app.use(express.json());

app.post('/ask', async (req, res) => {
  const payload = {
    workflow_id: process.env.WORKFLOW_ID,
    version: '2',
    input: { message: req.body.message }
  };
  const started = Date.now();
  console.log('asking', payload.workflow_id);

  try {
    const { data } = await axios.post('https://api.openai.com/v1/workflows/runs', payload, {
      headers: {
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        'Content-Type': 'application/json'
      }
    });
    res.json({ reply: data.output_text || data.output, workflow: payload.workflow_id });
  } catch (error) {
    console.error('failed after', Date.now() - started > 60000 ? 'long' : 'a moment', payload);
    res.status(502).json({ error: 'The workflow did not answer' });
  }
});

app.listen(3000);
