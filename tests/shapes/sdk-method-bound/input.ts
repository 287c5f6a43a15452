import OpenAI from 'openai';

const openai = new OpenAI();
const { runs } = (openai as any).beta.workflows;

export async function label(picture: string): Promise<string> {
  const run = await runs.create({ workflow_id: 'wf_labels', input: { message: picture } });
  return run.output?.text ?? '';
}
