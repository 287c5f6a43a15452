import OpenAI from 'openai';

const openai = new OpenAI();

console.log('workflows:', typeof openai.workflows);
console.log('beta.workflows:', typeof openai.beta?.workflows);

try {
  const run = await openai.workflows.runs.create({ workflow_id: 'wf_123', input: {} });
  console.log('it exists', typeof run);
} catch (error) {
  console.log('it does not exist:', error.message);
}
