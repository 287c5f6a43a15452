const chats = new Map();

async function reply(chatId, text) {
  const history = chats.get(chatId) ?? [];
  history.push({ role: 'user', content: text });

  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({
      workflow_id: process.env.WORKFLOW_ID,
      input: { messages: history },
    }),
  });
  if (!res.ok) throw new Error(`OpenAI said ${res.status}`);

  const run = await res.json();
  const answer = run.output_text ?? run.output?.text ?? '(no answer)';
  history.push({ role: 'assistant', content: answer });
  chats.set(chatId, history.slice(-20));
  return answer;
}

export async function onMessages(chatId, texts) {
  let last = '';
  for (const text of texts) last = await reply(chatId, text);
  return last;
}
