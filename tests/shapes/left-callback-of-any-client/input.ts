import type OpenAI from 'openai';

export async function withClient(openai: OpenAI, message: string, pick: (run: any) => string) {
  const run = await (openai as any).workflows.runs.create({
    workflow_id: 'wf_123',
    input: { message },
    onEvent: (event: unknown) => console.log(event),
  });
  return pick(run);
}
