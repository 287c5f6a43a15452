import { http } from '@/lib/http';

export async function ask(message: string) {
  const data = await http.post('https://api.openai.com/v1/workflows/runs', {
    workflow_id: process.env.WORKFLOW_ID,
    input: { message },
  });
  return data.output.message;
}
