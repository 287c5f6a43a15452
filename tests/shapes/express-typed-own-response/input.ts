import express, { Request, Response } from 'express';

export const app = express();
app.use(express.json());

app.post('/assist', async (req: Request, res: Response) => {
  const { question, visitorId } = req.body as { question: string; visitorId?: string };

  const asked = await fetch(
    `https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`,
    {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      },
      body: JSON.stringify({ input: { question }, session_id: visitorId }),
    },
  );

  const found = (await asked.json()) as {
    output?: { text?: string };
    error?: { message: string };
  };
  if (!asked.ok || found.error) {
    res.status(asked.status).send(found.error?.message ?? 'It did not work');
    return;
  }
  res.json({ reply: found.output?.text ?? '' });
});
