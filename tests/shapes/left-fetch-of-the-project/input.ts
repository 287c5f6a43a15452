import { fetch } from '../platform/fetch';

export async function ask(message: string) {
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ workflow_id: 'wf_123', input: { message } }),
  });
  if (!response.ok) throw new Error('failed');
  const data = await response.json();
  return data.output.message as string;
}
