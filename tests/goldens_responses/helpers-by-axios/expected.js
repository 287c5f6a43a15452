import axios from 'axios';

const api = axios.create({
  baseURL: 'https://api.openai.com/v1',
  headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
});

export async function ask(question) {
  const { data } = await api.post('/responses', {
    model: 'gpt-6-luna',
    input: question,
  });
  if (data.status !== 'completed') throw new Error(`Run ended with status ${data.status}`);
  let answerText = '';
  let finalText = '';
  for (const item of data.output) {
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
