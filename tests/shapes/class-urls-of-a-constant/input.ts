const ENDPOINTS = {
  runs: 'https://api.openai.com/v1/workflows/runs',
  models: 'https://api.openai.com/v1/models',
} as const;

export class Desk {
  private readonly endpoints: typeof ENDPOINTS;

  constructor(private readonly apiKey: string) {
    this.endpoints = ENDPOINTS;
  }

  async models(): Promise<unknown> {
    const response = await fetch(this.endpoints.models, { headers: { Authorization: `Bearer ${this.apiKey}` } });
    return response.json();
  }

  async ask(message: string): Promise<string> {
    const response = await fetch(this.endpoints.runs, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${this.apiKey}` },
      body: JSON.stringify({ workflow_id: process.env.WORKFLOW_ID, input: { message } }),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const run = await response.json();
    return run.output_text;
  }
}
