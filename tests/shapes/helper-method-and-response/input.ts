export class OpenAIClient {
  constructor(private readonly apiKey: string) {}

  private async request(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`https://api.openai.com/v1${path}`, {
      method,
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${this.apiKey}`
      },
      body: body ? JSON.stringify(body) : undefined
    });
  }

  async run(workflowId: string, message: string): Promise<string> {
    const response = await this.request('POST', `/workflows/${workflowId}/runs`, {
      input: { message }
    });
    if (!response.ok) {
      throw new Error(`Run failed: ${response.status} ${await response.text()}`);
    }
    const data: any = await response.json();
    return data.output?.message ?? data.output;
  }
}
