const BASE = 'https://api.openai.com/v1';
const headers = {
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  'Content-Type': 'application/json',
  'OpenAI-Beta': 'assistants=v2',
};

async function createThread() {
  const res = await fetch(`${BASE}/threads`, { method: 'POST', headers });
  const data = await res.json();
  return data.id;
}

async function addMessage(threadId, content) {
  await fetch(`${BASE}/threads/${threadId}/messages`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ role: 'user', content }),
  });
}

async function runAssistant(threadId) {
  const res = await fetch(`${BASE}/threads/${threadId}/runs`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ assistant_id: process.env.ASSISTANT_ID }),
  });
  const data = await res.json();
  return data.id;
}

async function waitForRun(threadId, runId) {
  while (true) {
    const res = await fetch(`${BASE}/threads/${threadId}/runs/${runId}`, { headers });
    const run = await res.json();
    if (run.status === 'completed') return;
    if (run.status === 'failed') throw new Error('Run failed');
    await new Promise((r) => setTimeout(r, 1000));
  }
}

export async function ask(question) {
  const threadId = await createThread();
  await addMessage(threadId, question);
  const runId = await runAssistant(threadId);
  await waitForRun(threadId, runId);
  const res = await fetch(`${BASE}/threads/${threadId}/messages`, { headers });
  const data = await res.json();
  const answer = data.data[0].content[0].text.value;
  return { threadId, answer };
}
