const axios = require('axios');
const headers = { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` };
exports.ask = async (content) => {
  const response = (await axios({
    method: 'post',
    url: 'https://api.openai.com/v1/responses',
    headers,
    data: {
      model: 'gpt-6-luna',
      input: content,
    },
  })).data;
  if (['failed', 'cancelled', 'expired'].includes(response.status)) throw new Error(response.error.message);
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
  return answerText;
};
