abstract class OpenAIClient {
  protected readonly base = 'https://api.openai.com/v1';
  protected readonly key = process.env.OPENAI_API_KEY;

  protected async post(path: string, body: object) {
    if (!path.startsWith('/')) {
      throw new Error(`no path: ${path}`);
    }
    const response = await fetch(`${this.base}${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body)
    });
    if (!response.ok) {
      throw new Error(`${path} answered ${response.status}`);
    }
    return response.json();
  }
}

class Planner extends OpenAIClient {
  async plan(message: string): Promise<string> {
    const run = await this.post('/workflows/runs', { workflow_id: process.env.WORKFLOW_ID, input: { message } });
    return run.output_text;
  }
}

class Embedder extends OpenAIClient {
  async embed(input: string): Promise<number[]> {
    const found = await this.post('/embeddings', { model: 'text-embedding-3-small', input });
    return found.data[0].embedding;
  }
}

export const plan = (message: string) => new Planner().plan(message);
export const embed = (input: string) => new Embedder().embed(input);
