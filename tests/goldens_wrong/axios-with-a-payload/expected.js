const axios = require('axios');

const headers = { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` };

async function ask(question) {
  const payload = {
    model: 'gpt-6-luna',
    input: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: question },
    ],
  };

  try {
    const { data } = await axios.post('https://api.openai.com/v1/responses', payload, { headers, timeout: 30000 });
    const raw = responseText(data);
    return raw.trim();
  } catch (e) {
    console.error('OpenAI error:', e?.response?.data || e.message);
    throw e;
  }
}

const shout = async (text) => {
  const response = await axios.post('https://api.openai.com/v1/responses', { model: 'gpt-6-luna', input: text }, { headers });
  console.log(response.status);
  return responseText(response.data).toUpperCase();
};

module.exports = { ask, shout };

// The text of a response: of its messages, or of the final one where phases are marked.
// What is no answer is thrown, and so is an empty one unless `ifEmpty` stands in for it.
function responseText(answered, ifEmpty) {
  const { status, error, incomplete_details: details, output } = (answered ?? {});
  if (status !== 'completed') {
    const reason = error?.message || details?.reason;
    throw new Error(`Response ${status || 'refused'}: ${reason || 'no reason given'}`);
  }
  let allText = '';
  let finalText = '';
  for (const item of output || []) {
    for (const part of item.type === 'message' ? item.content : []) {
      if (part.type === 'refusal') {
        throw new Error(`The model refused: ${part.refusal}`);
      } else if (part.type === 'output_text') {
        allText += part.text;
        finalText += item.phase === 'final_answer' ? part.text : '';
      }
    }
  }
  const found = finalText || allText;
  if (!found && ifEmpty === undefined) {
    throw new Error('No response received from the model (no text)');
  }
  return found || (ifEmpty ?? '');
}
