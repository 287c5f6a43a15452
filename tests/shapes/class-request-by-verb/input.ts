type Options = { apiKey: string; baseUrl?: string };

class Client {
  private readonly apiKey: string;
  private readonly baseUrl: string;

  constructor(options: Options) {
    this.apiKey = options.apiKey;
    this.baseUrl = options.baseUrl ?? 'https://api.openai.com/v1';
  }

  private async request<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.apiKey}`, 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return response.json() as Promise<T>;
  }

  models() {
    return this.request<{ data: { id: string }[] }>('GET', '/models');
  }

  async run(id: string, message: string): Promise<string> {
    const data = await this.request<any>('POST', `/workflows/${id}/runs`, { input: { message } });
    return data.output_text;
  }
}

const client = new Client({ apiKey: process.env.OPENAI_API_KEY ?? '' });

export const run = (message: string) => client.run('wf_123', message);
