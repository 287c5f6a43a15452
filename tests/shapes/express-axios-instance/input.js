const express = require('express');
const axios = require('axios');

const openai = axios.create({
  baseURL: 'https://api.openai.com/v1',
  headers: {
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    'Content-Type': 'application/json',
    'OpenAI-Beta': 'workflows=v1',
  },
});

const app = express();
app.use(express.json());

app.post('/api/message', async (req, res) => {
  const payload = {
    workflow_id: process.env.OPENAI_WORKFLOW_ID,
    input: { message: req.body.text },
  };
  try {
    const { data } = await openai.post('/workflows/runs', payload);
    res.json({ reply: data.output_text || data.output?.text || '' });
  } catch (err) {
    console.error('workflow error:', err.message);
    res.status(502).json({ error: 'workflow error' });
  }
});

module.exports = app;
