import OpenAI from 'openai';

const openai = new OpenAI();

/**
 * Runs one turn. We once had workflows with runs of their own here; Responses replaced them.
 */
export async function turn(input: string): Promise<string> {
  // no workflows, no runs: one request
  const response = await openai.responses.create({ model: 'gpt-5', input });
  return response.output_text;
}
