module.exports = async (req, res) => {
  res.setHeader('Access-Control-Allow-Origin', '*');
  if (req.method === 'OPTIONS') return res.status(200).end();

  const body = typeof req.body === 'string' ? JSON.parse(req.body) : req.body;
  const text = body.text;

  const response = await fetch('https://api.openai.com/v1/workflows/' + process.env.OPENAI_WORKFLOW_ID + '/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${process.env.OPENAI_API_KEY}`,
      'OpenAI-Beta': 'workflows=v1',
    },
    body: JSON.stringify({ inputs: { text } }),
  });

  if (!response.ok) {
    const details = await response.text();
    return res.status(500).json({ error: 'OpenAI request failed', details });
  }

  const data = await response.json();
  const output = data.output_text || (data.outputs && data.outputs.text) || '';
  return res.status(200).json({ output });
};
