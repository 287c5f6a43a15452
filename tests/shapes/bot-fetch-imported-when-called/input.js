const fetch = (...args) => import('node-fetch').then(({ default: fetch }) => fetch(...args));

const WORKFLOW_ID = process.env.WORKFLOW_ID;

async function reply(text) {
  const response = await fetch(`https://api.openai.com/v1/workflows/${WORKFLOW_ID}/runs`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'Content-Type': 'application/json',
      'OpenAI-Beta': 'workflows=v1',
    },
    body: JSON.stringify({ version: '2', input: { input_as_text: text } }),
  });
  const data = await response.json();
  return data.output_text || data.output?.[0]?.content?.[0]?.text || 'Something went wrong.';
}

module.exports = { reply };
