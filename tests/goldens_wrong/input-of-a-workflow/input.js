const WORKFLOW = process.env.OPENAI_WORKFLOW_ID;

export default async function handler(req, res) {
  const { message } = req.body;
  try {
    const response = await fetch('https://api.openai.com/v1/responses', {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        'Content-Type': 'application/json',
        'OpenAI-Beta': 'workflows=v1',
      },
      body: JSON.stringify({
        workflow_id: WORKFLOW,
        // what the first node takes
        input: { input_as_text: message },
      }),
    });
    const data = await response.json();
    const reply = data.output_text || data.output?.[0]?.content?.[0]?.text || 'No answer.';
    res.status(200).json({ reply });
  } catch (error) {
    res.status(500).json({ error: error.message });
  }
}
