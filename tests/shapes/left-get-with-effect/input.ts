import { db } from '@/lib/db';

export async function enqueue(jobId: string, message: string) {
  const res = await fetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'OpenAI-Beta': 'workflows=v1',
    },
    body: JSON.stringify({ input: { message } }),
  });
  const { id } = await res.json();
  await db.jobs.update({ where: { id: jobId }, data: { runId: id } });
}
