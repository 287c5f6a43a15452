const BASE = 'https://api.openai.com/v1/beta/workflows';
const BETA = { 'OpenAI-Beta': 'workflows=v1' };

function project() {
  const id = process.env.OPENAI_PROJECT_ID;
  return id ? { 'OpenAI-Project': id } : {};
}

async function readBody(response) {
  const text = await response.text();
  try {
    return { text, json: JSON.parse(text) };
  } catch {
    return { text, json: null };
  }
}

export default async function handler(req, res) {
  const question = String(req.body.question || '');
  try {
    const started = await fetch(`${BASE}/${process.env.WORKFLOW_ID}/runs`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        ...project(),
        ...BETA,
      },
      body: JSON.stringify({ input: { question } }),
    });
    const first = await readBody(started);
    if (!started.ok) {
      return res.status(started.status).json({ error: first.json?.error?.message || first.text });
    }

    let run = first.json;
    for (let left = 25; left > 0 && run?.status !== 'completed'; left -= 1) {
      await new Promise((resolve) => setTimeout(resolve, 800));
      const again = await fetch(`${BASE}/runs/${first.json.id}`, {
        headers: {
          Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
          ...project(),
          ...BETA,
        },
      });
      const next = await readBody(again);
      if (!again.ok) {
        return res.status(again.status).json({ error: next.json?.error?.message || next.text });
      }
      run = next.json;
    }
    if (run?.status !== 'completed') {
      return res.status(504).json({ error: 'no answer in time' });
    }
    return res.status(200).json({ reply: run.output_text || '' });
  } catch (error) {
    return res.status(500).json({ error: String(error) });
  }
}
