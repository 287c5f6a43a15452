import express from 'express';

const { OPENAI_API_KEY, WORKFLOW_ID } = process.env;

const app = express();
app.use(express.json());

async function askAnyEndpoint(question) {
  const headers = {
    Authorization: `Bearer ${OPENAI_API_KEY}`,
    'Content-Type': 'application/json',
  };
  const payload = { input: [{ role: 'user', content: [{ type: 'input_text', text: question }] }] };

  const attempts = [
    // the id in the path
    {
      label: 'path',
      url: `https://api.openai.com/v1/workflows/${WORKFLOW_ID}/runs`,
      body: payload,
    },
    // the id in the body
    {
      label: 'body',
      url: 'https://api.openai.com/v1/workflows/runs',
      body: { workflow_id: WORKFLOW_ID, ...payload },
    },
    {
      label: 'preview',
      url: 'https://api.openai.com/v1/run_workflow',
      body: { workflow_id: WORKFLOW_ID, ...payload },
    },
  ];

  const failures = [];
  for (const attempt of attempts) {
    try {
      const res = await fetch(attempt.url, {
        method: 'POST',
        headers,
        body: JSON.stringify(attempt.body),
      });
      if (res.ok) {
        return await res.json();
      }
      failures.push(`${attempt.label}: ${res.status}`);
    } catch (error) {
      failures.push(`${attempt.label}: ${error.message}`);
    }
  }
  throw new Error(`no endpoint answered: ${failures.join(', ')}`);
}

app.post('/ask', async (req, res) => {
  try {
    const data = await askAnyEndpoint(req.body.question);
    res.json({ reply: data.output_text || data.output?.[0]?.content?.[0]?.text || '' });
  } catch (error) {
    res.status(502).json({ error: 'The workflow did not answer' });
  }
});

app.listen(3000);
