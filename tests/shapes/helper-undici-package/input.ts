import undici from 'undici';

const WORKFLOW = process.env.WORKFLOW_ID ?? '';

export async function complete(prompt: string): Promise<string> {
  const res = await undici.request(`https://api.openai.com/v1/workflows/${WORKFLOW}/runs`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ input: { message: prompt } }),
    headersTimeout: 60_000,
  });
  const data = JSON.parse(await res.body.text());
  return data.output_text ?? data.output?.text ?? '';
}
