import axios from 'axios';
const headers = { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'OpenAI-Beta': 'assistants=v2' };
const API = 'https://api.openai.com/v1';
export async function ask(content) {
  const created = await axios.post(API + '/threads', { messages: [{ role: 'user', content }] }, { headers });
  const thread = created.data;
  let response = await axios.post(API + '/threads/' + thread.id + '/runs', { assistant_id: 'asst_abc' }, { headers });
  while (response.data.status === 'queued' || response.data.status === 'in_progress') {
    await new Promise((r) => setTimeout(r, 500));
    response = await axios.get(API + '/threads/' + thread.id + '/runs/' + response.data.id, { headers });
  }
  if (response.data.status !== 'completed') {
    return { error: response.data.last_error?.message || response.data.status };
  }
  const messages = await axios.get(API + '/threads/' + thread.id + '/messages', { headers });
  return { answer: messages.data.data[0].content[0].text.value, tokens: response.data.usage.total_tokens };
}
