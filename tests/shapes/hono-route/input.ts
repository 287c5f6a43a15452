import { Hono } from 'hono';

type Bindings = { OPENAI_API_KEY: string; WORKFLOW_ID: string };

const app = new Hono<{ Bindings: Bindings }>();

app.post('/chat', async (c) => {
  const { message } = await c.req.json();
  const res = await fetch(`https://api.openai.com/v1/workflows/${c.env.WORKFLOW_ID}/runs`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${c.env.OPENAI_API_KEY}`,
      'Content-Type': 'application/json',
      'OpenAI-Beta': 'workflows=v1',
    },
    body: JSON.stringify({ input: { message } }),
  });
  if (!res.ok) {
    return c.json({ error: 'workflow failed' }, 502);
  }
  const run = await res.json<{ output_text: string }>();
  return c.json({ reply: run.output_text });
});

export default app;
