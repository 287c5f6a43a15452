import axios from 'axios';

const api = axios.create({
  baseURL: 'https://api.openai.com/v1',
  headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'OpenAI-Beta': 'assistants=v2' },
});

const createThread = async () => {
  const response = await api.post('/threads');
  return response.data.id;
};

const sendMessage = async (threadId, content) => {
  await api.post(`/threads/${threadId}/messages`, { role: 'user', content });
};

const startRun = async (threadId, assistantId) => {
  const { data } = await api.post(`/threads/${threadId}/runs`, { assistant_id: assistantId });
  return data.id;
};

const waitForRun = async (threadId, runId) => {
  let status = 'queued';
  while (status === 'queued' || status === 'in_progress') {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const { data } = await api.get(`/threads/${threadId}/runs/${runId}`);
    status = data.status;
  }
  if (status !== 'completed') throw new Error(`Run ended with status ${status}`);
};

const readAnswer = async (threadId) => {
  const { data } = await api.get(`/threads/${threadId}/messages`);
  return data.data[0].content[0].text.value;
};

export async function ask(question) {
  const threadId = await createThread();
  await sendMessage(threadId, question);
  const runId = await startRun(threadId, process.env.ASSISTANT_ID);
  await waitForRun(threadId, runId);
  return await readAnswer(threadId);
}
