const axios = require('axios');

const openai = axios.create({
  baseURL: process.env.OPENAI_BASE_URL || 'https://api.openai.com/v1',
  headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
});

const post = (path, body) => openai.post(path, body).then((r) => r.data);
const get = (path) => openai.get(path).then(({ data }) => data);

exports.ask = async (question) => {
  const { id } = await workflowAnswer(post('/responses', { model: 'gpt-6-luna', input: question }));
  for (let i = 0; i < 30; i++) {
    const run = await workflowAnswer(get(`/responses/${id}`));
    if (run.status === 'completed') return run.output_text;
    if (run.status === 'failed') throw new Error('the run failed');
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error('gave up');
};

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked) {
  const answered = await asked;
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
  if (answered.status !== 'completed' || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    throw new Error(`Response ${answered.status}: ${reason || 'no text'}`);
  }
  return { output_text: text, id: answered.id, status: 'completed' };
}
