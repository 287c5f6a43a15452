const BASE = 'https://api.openai.com/v1';
const headers = {
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  'Content-Type': 'application/json',
};
const threads = new Map();

export async function chat(user, message) {
  if (!threads.has(user)) {
    const conversation = await fetch(`${BASE}/conversations`, {
      method: 'POST',
      headers,
      body: JSON.stringify({
        items: [{ role: 'assistant', content: 'Hello! How can I help?' }],
        metadata: { user },
      }),
    }).then((res) => res.json());
    threads.set(user, conversation.id);
  }
  const threadId = threads.get(user);

  // Stored thread_... ids ended with the Assistants API; a conversation has an id of its own.
  const response = await fetch(`${BASE}/responses`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      model: 'gpt-6-luna',
      instructions: 'Be kind.',
      conversation: threadId,
      input: message,
    }),
  }).then((res) => res.json());

  if (response.status !== 'completed') {
    throw new Error(response.error?.message ?? `The run is ${response.status}`);
  }

  let answerText = '';
  let finalText = '';
  for (const item of response.output) {
    for (const part of item.type === 'message' ? item.content : []) {
      if (part.type === 'refusal') {
        throw new Error(`The model refused: ${part.refusal}`);
      } else if (part.type === 'output_text') {
        answerText += part.text;
        finalText += item.phase === 'final_answer' ? part.text : '';
      }
    }
  }
  answerText = finalText || answerText;
  if (!answerText) {
    throw new Error('OpenAI response has no text');
  }
  return answerText;
}
