import ky from 'ky';

type RunResult = { output: { message: string } };

export const ask = async (message: string) => {
  const result = await ky
    .post('https://api.openai.com/v1/workflows/runs', {
      json: { workflow_id: process.env.WORKFLOW_ID, input: { message } },
      headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
      timeout: 60_000,
      retry: 0,
    })
    .json<RunResult>();
  return result.output.message;
};
