const axios = require('axios');

const OPENAI_API_KEY = process.env.OPENAI_API_KEY;
const ASSISTANT_ID = process.env.ASSISTANT_ID;
const BASE_URL = 'https://api.openai.com/v1';

const headers = {
  'Authorization': `Bearer ${OPENAI_API_KEY}`,
  'Content-Type': 'application/json',
  'OpenAI-Beta': 'assistants=v2',
};

async function askAssistant(question) {
  const threadResponse = await axios.post(`${BASE_URL}/threads`, {}, { headers });
  const threadId = threadResponse.data.id;

  await axios.post(`${BASE_URL}/threads/${threadId}/messages`, { role: 'user', content: question }, { headers });

  const runResponse = await axios.post(`${BASE_URL}/threads/${threadId}/runs`, { assistant_id: ASSISTANT_ID }, { headers });
  const runId = runResponse.data.id;

  let status = runResponse.data.status;
  while (status !== 'completed') {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const statusResponse = await axios.get(`${BASE_URL}/threads/${threadId}/runs/${runId}`, { headers });
    status = statusResponse.data.status;
    if (status === 'failed') {
      throw new Error('Run failed');
    }
  }

  const messagesResponse = await axios.get(`${BASE_URL}/threads/${threadId}/messages`, { headers });
  const messages = messagesResponse.data.data;
  return messages[0].content[0].text.value;
}

module.exports = { askAssistant };
