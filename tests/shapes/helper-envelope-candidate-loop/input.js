export default async function handler(req, res) {
  const apiKey = process.env.OPENAI_API_KEY;
  const workflowId = process.env.OPENAI_WORKFLOW_ID;

  const request = async (url, payload) => {
    const r = await fetch(url, {
      method: 'POST',
      headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(payload)
    });
    return { ok: r.ok, status: r.status, body: await r.json().catch(() => ({})) };
  };

  const urls = [
    `https://api.openai.com/v1/workflows/${workflowId}/runs`,
    'https://api.openai.com/v1/workflows/runs',
    `https://api.openai.com/v1/workflows/${workflowId}/run`
  ];
  const failures = [];
  for (const url of urls) {
    const { ok, status, body } = await request(url, {
      workflow_id: workflowId,
      input: { input_as_text: req.body.text }
    });
    if (ok) {
      return res.status(200).json({ answer: body.output?.text ?? body.text });
    }
    failures.push({ url, status });
  }
  return res.status(502).json({ error: 'No endpoint answered', failures });
}
