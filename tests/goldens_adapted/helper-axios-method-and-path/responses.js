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
  let current = await workflowAnswer(callOpenAI('POST', '/responses', { model: 'gpt-6-luna', input: question }));
  while (current.status === 'in_progress' || current.status === 'queued') {
    await new Promise(resolve => setTimeout(resolve, 1000));
    current = await workflowAnswer(callOpenAI('GET', `/responses/${current.id}`));
  }
  if (current.status === 'failed') {
    throw new Error('The workflow failed');
  }
  return current.output_text;
}

module.exports = { listModels, run };

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
