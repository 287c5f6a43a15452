import axios from 'axios';

const api = axios.create({
  baseURL: 'https://api.openai.com/v1',
  headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
});

export class Writer {
  async write(topic: string): Promise<string> {
    const response = await api.post('/responses', {
      workflow: { id: 'wf_1' },
      messages: [{ role: 'user', content: `Write about ${topic}.` }],
    });
    const data = response.data || {};
    return data.choices?.[0]?.message?.content ?? 'Nothing was written.';
  }
}
