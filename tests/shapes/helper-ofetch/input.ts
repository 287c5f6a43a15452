import { ofetch } from 'ofetch';

export async function ask(question: string): Promise<string> {
  const run = await ofetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
    body: { input: { question }, version: '3' },
    timeout: 20000,
  });
  return run.output_text ?? run.output?.text;
}
