const express = require('express');

const app = express();
app.use(express.json());

async function send(url, body) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`
    },
    body: JSON.stringify(body)
  });
  const json = await response.json().catch(() => null);
  return { success: response.ok, code: response.status, json };
}

app.post('/ask', async (req, res) => {
  const id = process.env.WORKFLOW_ID;
  const asked = { input: { message: req.body.message } };

  let result = await send('https://api.openai.com/v1/workflows/runs', { workflow_id: id, ...asked });
  if (!result.success) {
    console.warn('no luck with the id in the body', result.code);
    result = await send(`https://api.openai.com/v1/workflows/${id}/runs`, asked);
  }
  if (result.code === 404) {
    result = await send(`https://api.openai.com/v1/workflows/${id}/invoke`, asked);
  }

  if (!result.success) {
    return res.status(502).json({ error: result.json?.error?.message ?? `HTTP ${result.code}` });
  }
  res.json({ reply: result.json.output?.message ?? result.json.output });
});

app.listen(3000);
