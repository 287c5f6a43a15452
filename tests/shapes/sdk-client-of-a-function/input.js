import { getOpenAI } from '../server/ai.js';

export const handler = async (event) => {
  const { text } = JSON.parse(event.body);
  const client = getOpenAI();
  const run = await client.beta.workflows.runs.create({
    workflow_id: process.env.WORKFLOW_ID,
    input: { message: text },
  });
  const reply = run.output?.message || run.output_text || '';
  return { statusCode: 200, body: JSON.stringify({ reply }) };
};
