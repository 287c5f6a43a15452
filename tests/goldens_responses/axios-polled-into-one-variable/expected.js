import axios from 'axios';
const headers = { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` };
const API = 'https://api.openai.com/v1';
export async function ask(content) {
  const response = await axios.post(API + '/responses', {
    model: 'gpt-6-luna',
    input: content
  }, { headers });
  if (response.data.status !== 'completed') {
    return { error: response.data.error?.message || response.data.status };
  }
  let answerText = '';
  let finalText = '';
  for (const item of response.data.output) {
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
  return { answer: answerText, tokens: response.data.usage.total_tokens };
}
