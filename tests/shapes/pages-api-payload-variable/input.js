export default async function handler(req, res) {
  if (req.method !== 'POST') {
    return res.status(405).json({ error: 'Method not allowed' });
  }

  const { message, sessionId } = req.body;

  const url = 'https://api.openai.com/v1/workflows/runs';
  const payload = {
    workflow_id: process.env.OPENAI_WORKFLOW_ID,
    input: { user_message: message },
    session_id: sessionId,
  };

  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Authorization': 'Bearer ' + process.env.OPENAI_API_KEY,
        'OpenAI-Beta': 'workflows=v2',
      },
      body: JSON.stringify(payload),
    });

    if (!response.ok) {
      const err = await response.json();
      return res.status(response.status).json({ error: err.error?.message || 'Workflow error' });
    }

    const data = await response.json();
    const reply = data.output_text || data.output?.message || "I'm not sure how to answer that.";
    res.status(200).json({ message: reply });
  } catch (err) {
    console.error('chat error', err);
    res.status(500).json({ error: 'Internal error' });
  }
}
