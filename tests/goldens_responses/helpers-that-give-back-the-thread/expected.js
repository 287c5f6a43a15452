const BASE = 'https://api.openai.com/v1';
const headers = {
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  'Content-Type': 'application/json',
};

export async function ask(question) {
  const res = await fetch(`${BASE}/conversations`, { method: 'POST', headers });
  const conversation = await res.json();
  const threadId = conversation.id;
  const res3 = await fetch(`${BASE}/responses`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      model: 'gpt-6-luna',
      conversation: threadId,
      input: question,
    }),
  });
  const response = await res3.json();
  if (response.status === 'failed') throw new Error('Run failed');
  if (response.status !== 'completed') {
    throw new Error(`OpenAI response ${response.status}: ${response.error?.message ?? response.incomplete_details?.reason ?? 'no reason given'}`);
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
  const answer = answerText;
  return { threadId, answer };
}
