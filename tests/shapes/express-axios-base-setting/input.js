const express = require('express');
const axios = require('axios');

const openai = axios.create({
  baseURL: process.env.OPENAI_API_BASE || 'https://api.openai.com/v1',
  timeout: 60000,
  headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
});

const router = express();
router.use(express.json());

router.post('/chat', async (req, res) => {
  try {
    const response = await openai.post(`/workflows/${process.env.WORKFLOW_ID}/runs`, {
      input: { message: req.body.message },
    });
    res.json({ reply: response.data.output_text || response.data.output?.text || '' });
  } catch (err) {
    console.error('Workflow error:', err.message);
    res.status(500).json({ error: 'Failed to get response' });
  }
});

router.listen(3001);
