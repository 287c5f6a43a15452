import { HttpService } from '@nestjs/axios';
import axios from 'axios';
import { firstValueFrom } from 'rxjs';

export class OpenaiService {
  constructor(private readonly http: HttpService) {}

  async ask(message: string): Promise<string> {
    try {
      const { data } = await firstValueFrom(
        this.http.post(
          'https://api.openai.com/v1/workflows/runs',
          { workflow_id: process.env.OPENAI_WORKFLOW_ID, input: { message } },
          { headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` } },
        ),
      );
      return data.output.text;
    } catch (error) {
      throw new Error('The workflow failed', { cause: error });
    }
  }
}

// For scripts, where Nest makes no service.
export const askOnce = (message: string) =>
  new OpenaiService({ axiosRef: axios, post: axios.post } as unknown as HttpService).ask(message);
