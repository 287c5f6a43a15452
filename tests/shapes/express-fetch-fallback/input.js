import express from 'express';
import cors from 'cors';

const app = express();
app.use(cors());
app.use(express.json());

const API_KEY = process.env.OPENAI_API_KEY;
const WORKFLOW_ID = process.env.OPENAI_WORKFLOW_ID || 'wf_123';

async function askModel(message) {
  const r = await fetch('https://api.openai.com/v1/chat/completions', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${API_KEY}` },
    body: JSON.stringify({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: message }],
    }),
  });
  const data = await r.json();
  return data.choices[0].message.content;
}

app.post('/api/ask', async (req, res) => {
  const { message } = req.body;
  let reply;

  try {
    const wf = await fetch(`https://api.openai.com/v1/workflows/${WORKFLOW_ID}/runs`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${API_KEY}`,
        'OpenAI-Beta': 'workflows=v1',
      },
      body: JSON.stringify({ input: { message } }),
    });
    if (!wf.ok) throw new Error(`workflow ${wf.status}`);
    const data = await wf.json();
    reply = data.output_text || data.output?.text;
  } catch (err) {
    console.warn('workflow failed, using the model', err.message);
  }

  if (!reply) {
    reply = await askModel(message);
  }

  res.json({ reply });
});

app.listen(4000);
