export class WorkflowClient {
  private readonly baseUrl = 'https://api.openai.com/v1';

  constructor(
    private readonly apiKey: string,
    private readonly workflowId: string,
  ) {}

  async run(message: string): Promise<string> {
    const response = await fetch(`${this.baseUrl}/workflows/${this.workflowId}/runs`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${this.apiKey}`,
        'OpenAI-Beta': 'workflows=v1',
      },
      body: JSON.stringify({ input: { message } }),
    });

    if (!response.ok) {
      throw new Error(`Workflow run failed with ${response.status}`);
    }

    const data = await response.json();
    return data.output_text ?? '';
  }
}
