export default async function handler(req, res) {
  const { message } = req.body;
  const upstream = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ workflow_id: process.env.WORKFLOW_ID, input: { message }, stream: true }),
  });
  if (!upstream.ok) return res.status(502).json({ error: 'upstream' });
  const reader = upstream.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    res.write(value);
  }
  res.end();
}
