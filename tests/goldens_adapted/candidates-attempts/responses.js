import express from 'express';

const { OPENAI_API_KEY, WORKFLOW_ID } = process.env;

const app = express();
app.use(express.json());

async function askAnyEndpoint(question) {
  const headers = {
    Authorization: `Bearer ${OPENAI_API_KEY}`,
    'Content-Type': 'application/json',
  };
  const payload = { model: 'gpt-6-luna', input: [{ role: 'user', content: [{ type: 'input_text', text: question }] }] };

  const attempts = [
    // the id in the path
    {
      label: 'path',
      url: 'https://api.openai.com/v1/responses',
      body: payload,
    },
    // the id in the body
  ];

  const failures = [];
  for (const attempt of attempts) {
    try {
      const res = await workflowAnswer(fetch(attempt.url, {
        method: 'POST',
        headers,
        body: JSON.stringify(attempt.body),
      }));
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

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked) {
  const live = await asked;
  if (!live.ok) {
    return live;
  }
  const answered = await live.json();
  let text = '';
  let finalText = '';
  let refusal = '';
  for (const item of answered.output || []) {
    for (const part of item.type === 'message' ? item.content : []) {
      refusal += part.refusal || '';
      text += part.type === 'output_text' ? part.text : '';
      finalText += part.type === 'output_text' && item.phase === 'final_answer' ? part.text : '';
    }
  }
  text = finalText || text;
  const headers = { 'Content-Type': 'application/json' };
  if (answered.status !== 'completed' || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: 'api_error', param: null, code: answered.error?.code || null };
    return new Response(JSON.stringify({ error }), { status: 502, headers });
  }
  const body = JSON.stringify({ output_text: text, id: answered.id, status: 'completed' });
  return new Response(body, { status: live.status, headers });
}
