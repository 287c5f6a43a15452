import express from 'express';

const app = express();
app.use(express.json());

app.post('/advice', async (req, res) => {
  const { skin, wish } = req.body;
  const asked = await fetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/invoke`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ inputs: { skin, wish } }),
  });
  const data = await asked.json();
  if (data.error) {
    console.error(data.error);
    return res.status(500).json({ advice: 'Nothing today' });
  }
  const advice = data.output?.advice ?? data.output_text ?? JSON.stringify(data);
  res.json({ advice });
});
