import axios from 'axios';

const api = axios.create({
  baseURL: 'https://api.openai.com/v1',
  headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'OpenAI-Beta': 'assistants=v2' },
});

export async function reply(threadId: string | null, question: string) {
  if (!threadId) {
    const { data: thread } = await api.post('/threads', {});
    threadId = thread.id;
  }
  await api.post(`/threads/${threadId}/messages`, { role: 'user', content: question });
  let run = (await api.post(`/threads/${threadId}/runs`, { assistant_id: process.env.ASSISTANT_ID })).data;
  while (run.status === 'queued' || run.status === 'in_progress') {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    run = (await api.get(`/threads/${threadId}/runs/${run.id}`)).data;
  }
  if (run.status !== 'completed') throw new Error(`Run ended as ${run.status}`);
  const { data: page } = await api.get(`/threads/${threadId}/messages`, { params: { limit: 1, order: 'desc' } });
  return { threadId, answer: page.data[0].content[0].text.value };
}
