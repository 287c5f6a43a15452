import ky from 'ky';

const openai = ky.create({
  prefixUrl: 'https://api.openai.com/v1',
  headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
  timeout: 60_000,
  retry: 0,
});

export async function askWorkflow(question: string): Promise<string> {
  const run = await openai
    .post(`workflows/${process.env.WORKFLOW_ID}/runs`, { json: { input: { message: question } } })
    .json<{ output_text: string }>();
  return run.output_text;
}

export async function moderate(text: string): Promise<boolean> {
  const result = await openai.post('moderations', { json: { input: text } }).json<any>();
  return result.results.some((each: any) => each.flagged);
}
