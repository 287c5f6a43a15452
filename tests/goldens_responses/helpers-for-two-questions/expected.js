import OpenAI from 'openai';
const openai = new OpenAI();
export async function ask(q) {
  const response = await openai.responses.create({
    model: 'gpt-6-luna',
    input: q
  });
  if (response.status !== 'completed') throw new Error(response.status);
  return response.output_text || '';
}
export async function summarize(document) {
  const response = await openai.responses.create({
    model: 'gpt-6-luna',
    input: 'Summarize: ' + document
  });
  if (response.status !== 'completed') throw new Error(response.status);
  return response.output_text || '';
}
