const axios = require('axios');
const headers = { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'OpenAI-Beta': 'assistants=v2' };
exports.ask = async (content) => {
  const run = (await axios({
    method: 'post',
    url: 'https://api.openai.com/v1/threads/runs',
    headers,
    data: { assistant_id: 'asst_abc', thread: { messages: [{ role: 'user', content }] } },
  })).data;
  let done = run;
  while (done.status !== 'completed') {
    await new Promise((r) => setTimeout(r, 1000));
    const polled = await axios({ method: 'get', url: `https://api.openai.com/v1/threads/${run.thread_id}/runs/${run.id}`, headers });
    done = polled.data;
    if (['failed', 'cancelled', 'expired'].includes(done.status)) throw new Error(done.last_error.message);
  }
  const messages = (await axios({ method: 'get', url: `https://api.openai.com/v1/threads/${run.thread_id}/messages`, headers })).data;
  return messages.data.filter((m) => m.role === 'assistant')[0].content[0].text.value;
};
