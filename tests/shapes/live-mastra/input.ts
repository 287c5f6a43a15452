import { MastraClient } from '@mastra/client-js';

const client = new MastraClient({ baseUrl: 'https://agents.example.com' });

export async function runIt(inputData: Record<string, unknown>) {
  const workflow = client.getWorkflow('weather-workflow');
  const run = await workflow.createRun();
  const result = await run.startAsync({ inputData });
  return result.status === 'success' ? result.result : null;
}
