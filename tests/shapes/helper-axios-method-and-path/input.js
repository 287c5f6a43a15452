const axios = require('axios');

async function callOpenAI(method, path, data) {
  const res = await axios({
    method,
    url: `https://api.openai.com/v1${path}`,
    data,
    headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` }
  });
  return res.data;
}

async function listModels() {
  const models = await callOpenAI('GET', '/models');
  return models.data.map(model => model.id);
}

async function run(question) {
  let current = await callOpenAI('POST', '/workflows/wf_123/runs', { input: { message: question } });
  while (current.status === 'in_progress' || current.status === 'queued') {
    await new Promise(resolve => setTimeout(resolve, 1000));
    current = await callOpenAI('GET', `/workflows/wf_123/runs/${current.id}`);
  }
  if (current.status === 'failed') {
    throw new Error('The workflow failed');
  }
  return current.output_text;
}

module.exports = { listModels, run };
