import axios from 'axios';

const api = axios.create({
  baseURL: 'https://api.openai.com/v1',
  headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
});

export async function reply(threadId: string | null, question: string) {
  if (!threadId) {
    const { data: conversation } = await api.post('/conversations', {});
    threadId = conversation.id;
  }
  // Stored thread_... ids ended with the Assistants API; a conversation has an id of its own.
  const response = (await api.post('/responses', {
    model: 'gpt-6-luna',
    conversation: threadId,
    input: question,
  })).data;
  if (response.status !== 'completed') throw new Error(`Run ended as ${response.status}`);
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
  return { threadId, answer: answerText };
}
