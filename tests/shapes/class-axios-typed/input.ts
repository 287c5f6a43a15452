import axios, { type AxiosInstance } from 'axios';

interface WorkflowRun {
  output?: { text?: string };
}

export class WorkflowService {
  private readonly http: AxiosInstance = axios.create({
    baseURL: 'https://api.openai.com/v1/',
    headers: { 'Content-Type': 'application/json' },
  });

  constructor(private readonly apiKey: string) {}

  async ask(question: string): Promise<string> {
    try {
      const response = await this.http.post<WorkflowRun>(
        `workflows/${process.env.WORKFLOW_ID}/runs`,
        { input: { question }, version: '3' },
        { headers: { Authorization: `Bearer ${this.apiKey}`, 'OpenAI-Beta': 'workflows=v1' } },
      );
      return response.data.output?.text ?? '';
    } catch (error) {
      if (axios.isAxiosError(error)) {
        throw new Error(`workflow: ${error.response?.status} ${error.response?.data?.error?.message}`);
      }
      throw error;
    }
  }
}
