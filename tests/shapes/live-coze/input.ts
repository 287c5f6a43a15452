import { CozeAPI, COZE_COM_BASE_URL } from '@coze/api';

const client = new CozeAPI({ token: process.env.COZE_TOKEN!, baseURL: COZE_COM_BASE_URL });

export async function run(input: string) {
  const result = await client.workflows.runs.create({
    workflow_id: process.env.COZE_WORKFLOW_ID!,
    parameters: { input },
  });
  return result.data;
}
