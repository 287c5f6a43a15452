const BASE_URL = 'https://api.openai.com/v1';

export async function ask(question: string): Promise<string> {
  const headers = {
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    'Content-Type': 'application/json',
    'OpenAI-Beta': 'assistants=v2',
  };

  // 1. Create a thread
  const threadRes = await fetch(`${BASE_URL}/threads`, { method: 'POST', headers });
  if (!threadRes.ok) throw new Error(`Thread: ${threadRes.status}`);
  const thread = await threadRes.json();

  // 2. Add the question
  await fetch(`${BASE_URL}/threads/${thread.id}/messages`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ role: 'user', content: question }),
  });

  // 3. Run the assistant
  const runRes = await fetch(`${BASE_URL}/threads/${thread.id}/runs`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ assistant_id: process.env.ASSISTANT_ID, instructions: 'Be brief.' }),
  });
  if (!runRes.ok) {
    throw new Error(`Run: ${runRes.status} ${await runRes.text()}`);
  }
  const run = await runRes.json();

  // 4. Wait
  let status = run.status;
  while (status !== 'completed') {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const statusRes = await fetch(`${BASE_URL}/threads/${thread.id}/runs/${run.id}`, { headers });
    const statusData = await statusRes.json();
    status = statusData.status;
    if (status === 'failed') {
      throw new Error(`Run failed: ${statusData.last_error?.message}`);
    }
  }

  // 5. Read the answer
  const messagesRes = await fetch(`${BASE_URL}/threads/${thread.id}/messages`, { headers });
  const messages = await messagesRes.json();
  return messages.data[0].content[0].text.value;
}
