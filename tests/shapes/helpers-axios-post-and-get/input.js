const axios = require('axios');

const openai = axios.create({
  baseURL: process.env.OPENAI_BASE_URL || 'https://api.openai.com/v1',
  headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
});

const post = (path, body) => openai.post(path, body).then((r) => r.data);
const get = (path) => openai.get(path).then(({ data }) => data);

exports.ask = async (question) => {
  const { id } = await post('/workflows/runs', { workflow_id: process.env.OPENAI_WORKFLOW_ID, input: { question } });
  for (let i = 0; i < 30; i++) {
    const run = await get(`/workflows/runs/${id}`);
    if (run.status === 'completed') return run.output_text;
    if (run.status === 'failed') throw new Error('the run failed');
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error('gave up');
};
