import OpenAI from 'openai';

const ROOT = '/workflows';
const client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

export async function ask(text) {
  const body = { input: { input_as_text: text }, version: '2' };
  const run = await client.post(`${ROOT}/${process.env.WORKFLOW_ID}/runs`, { body });
  return run.output.text;
}
