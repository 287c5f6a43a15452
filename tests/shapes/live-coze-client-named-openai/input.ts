import { CozeAPI } from '@coze/api';

// kept the name so that the rest of the file did not have to change
const openai = new CozeAPI({ token: process.env.COZE_TOKEN! });

export async function ask(message: string) {
  const run = await openai.workflows.runs.create({ workflow_id: '7354', parameters: { message } });
  return JSON.parse(run.data).answer;
}
