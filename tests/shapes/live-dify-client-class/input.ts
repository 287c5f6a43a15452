export class DifyClient {
  constructor(private key: string, private baseUrl = 'https://api.dify.ai/v1') {}

  async runWorkflow(inputs: Record<string, unknown>, user: string) {
    const res = await fetch(`${this.baseUrl}/workflows/run`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ inputs, user, response_mode: 'blocking' }),
    });
    if (!res.ok) throw new Error(`Dify ${res.status}`);
    const { data } = await res.json();
    return data.outputs;
  }
}
