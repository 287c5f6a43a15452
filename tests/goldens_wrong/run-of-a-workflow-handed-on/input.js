const FLOW = process.env.OPENAI_WORKFLOW_ID ?? 'wf_default';

export default async function handler(req, res) {
  const { message, context } = req.body;
  try {
    const response = await fetch('https://api.openai.com/v1/responses', {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        'Content-Type': 'application/json',
        'OpenAI-Beta': 'workflows=v1',
      },
      body: JSON.stringify({ workflow: FLOW, input: { question: message, context } }),
    });
    if (!response.ok) {
      const failure = await response.json().catch(() => ({}));
      return res.status(502).json({ error: failure.error?.message ?? 'no answer' });
    }
    const payload = await response.json();
    return res.status(200).json({ reply: payload.output_text ?? '', raw: payload });
  } catch (error) {
    return res.status(500).json({ error: error.message });
  }
}
