const BASE = 'https://api.openai.com/v1';
const headers = {
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  'Content-Type': 'application/json',
  'OpenAI-Beta': 'assistants=v2',
};
const threads = new Map();

export async function chat(user, message) {
  if (!threads.has(user)) {
    const thread = await fetch(`${BASE}/threads`, {
      method: 'POST',
      headers,
      body: JSON.stringify({
        messages: [{ role: 'assistant', content: 'Hello! How can I help?' }],
        metadata: { user },
      }),
    }).then((res) => res.json());
    threads.set(user, thread.id);
  }
  const threadId = threads.get(user);

  await fetch(`${BASE}/threads/${threadId}/messages`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ role: 'user', content: message }),
  });
  let run = await fetch(`${BASE}/threads/${threadId}/runs`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ assistant_id: process.env.ASSISTANT_ID, instructions: 'Be kind.' }),
  }).then((res) => res.json());

  while (run.status === 'queued' || run.status === 'in_progress') {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    run = await fetch(`${BASE}/threads/${threadId}/runs/${run.id}`, { headers }).then((res) => res.json());
  }
  if (run.status !== 'completed') {
    throw new Error(run.last_error?.message ?? `The run is ${run.status}`);
  }

  const messages = await fetch(`${BASE}/threads/${threadId}/messages?limit=1`, { headers }).then((res) => res.json());
  return messages.data[0].content[0].text.value;
}
