import got from 'got';

interface Run {
  output_text: string;
}

export async function askWorkflow(message: string): Promise<string> {
  const run = await got
    .post(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
      headers: {
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        'OpenAI-Beta': 'workflows=v1',
      },
      json: { input: { message } },
      retry: { limit: 0 },
    })
    .json<Run>();

  return run.output_text;
}
