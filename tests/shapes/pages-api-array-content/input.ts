import type { NextApiRequest, NextApiResponse } from 'next';

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  const { message, history = [] } = req.body;

  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${process.env.OPENAI_API_KEY}`,
      'OpenAI-Beta': 'workflows=v1',
    },
    body: JSON.stringify({
      workflow_id: process.env.WORKFLOW_ID,
      input: [...history, { role: 'user', content: message }],
    }),
  });

  if (!response.ok) {
    console.error('[workflow]', response.status, await response.text());
    return res.status(502).json({ error: 'Workflow failed' });
  }

  const data = await response.json();
  const reply = data.output_text ?? data.output?.[0]?.content?.[0]?.text ?? '';
  return res.status(200).json({ reply });
}
