import OpenAI from 'openai';

const client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

export async function trip(message: string) {
  const run = await (client as any).workflows.runs.create({
    workflow_id: 'wf_trip',
    input: { message },
  });
  return { city: run.output.city, days: run.output.days.length };
}
