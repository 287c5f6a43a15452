import axios, { AxiosError } from 'axios';

const api = axios.create({
  baseURL: 'https://api.openai.com/v1',
  headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'OpenAI-Beta': 'workflows=v1' },
});

export async function judge(lead: string): Promise<string> {
  try {
    const { data } = await api.post(`/workflows/${process.env.WORKFLOW_ID}/runs`, { input: { message: lead } });
    return data.output_text ?? data.output?.text;
  } catch (error) {
    if (error instanceof AxiosError && error.response) {
      return `Status ${error.response.status}`;
    }
    throw error;
  }
}
