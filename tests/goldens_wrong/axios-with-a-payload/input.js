const axios = require('axios');

const headers = { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` };

async function ask(question) {
  const payload = {
    model: 'gpt-6-luna',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: question },
    ],
    temperature: 0.3,
  };

  try {
    const { data } = await axios.post('https://api.openai.com/v1/responses', payload, { headers, timeout: 30000 });
    const raw = data?.output_text || data?.choices?.[0]?.message?.content || '';
    return raw.trim();
  } catch (e) {
    console.error('OpenAI error:', e?.response?.data || e.message);
    throw e;
  }
}

const shout = async (text) => {
  const response = await axios.post('https://api.openai.com/v1/responses', { model: 'gpt-6-luna', assistant_id: 'asst_1', input: text }, { headers });
  console.log(response.status);
  return response.data.choices[0].message.content.toUpperCase();
};

module.exports = { ask, shout };
