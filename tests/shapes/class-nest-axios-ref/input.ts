import { HttpService } from '@nestjs/axios';
import axios from 'axios';

export class WorkflowService {
  constructor(private readonly httpService: HttpService) {}

  async ask(question: string): Promise<string> {
    const { data } = await this.httpService.axiosRef.post(
      `https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`,
      { input: { question } },
      { headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` } },
    );
    return data.output_text ?? data.output?.text ?? '';
  }
}

// For scripts, where Nest makes no service.
export const askOnce = (question: string) =>
  new WorkflowService({ axiosRef: axios } as HttpService).ask(question);
