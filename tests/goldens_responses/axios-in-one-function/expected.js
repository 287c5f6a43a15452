const axios = require('axios');

const OPENAI_API_KEY = process.env.OPENAI_API_KEY;
const BASE_URL = 'https://api.openai.com/v1';

const headers = {
  'Authorization': `Bearer ${OPENAI_API_KEY}`,
  'Content-Type': 'application/json',
};

async function askAssistant(question) {
  const runResponse = await axios.post(`${BASE_URL}/responses`, {
    model: 'gpt-6-luna',
    input: question,
  }, { headers });
  if (runResponse.data.status === 'failed') {
    throw new Error('Run failed');
  }

  if (runResponse.data.status !== 'completed') {
    throw new Error(`OpenAI response ${runResponse.data.status}: ${runResponse.data.error?.message ?? runResponse.data.incomplete_details?.reason ?? 'no reason given'}`);
  }
  let answerText = '';
  let finalText = '';
  for (const item of runResponse.data.output) {
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

module.exports = { askAssistant };
