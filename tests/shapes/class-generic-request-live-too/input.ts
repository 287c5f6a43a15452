interface Run {
  id: string;
  output_text?: string;
  output?: { text: string };
}

interface Completion {
  choices: { message: { content: string } }[];
}

export class Archivist {
  constructor(
    private readonly apiKey: string,
    private readonly base = 'https://api.openai.com/v1',
  ) {}

  private async request<T>(path: string, init: RequestInit = {}): Promise<T> {
    const response = await fetch(`${this.base}${path}`, {
      ...init,
      headers: {
        'Content-Type': 'application/json',
        ...(init.headers ?? {}),
        Authorization: `Bearer ${this.apiKey}`,
      },
    });
    if (!response.ok) {
      throw new Error(`OpenAI answered ${response.status}: ${await response.text()}`);
    }
    return (await response.json()) as T;
  }

  async title(question: string): Promise<string> {
    const done = await this.request<Completion>('/chat/completions', {
      method: 'POST',
      body: JSON.stringify({
        model: 'gpt-4.1-mini',
        messages: [{ role: 'user', content: `A title for: ${question}` }],
      }),
    });
    return done.choices[0].message.content;
  }

  async ask(workflowId: string, question: string) {
    const title = await this.title(question);
    const run = await this.request<Run>(`/workflows/${workflowId}/runs`, {
      method: 'POST',
      body: JSON.stringify({ input: question }),
    });
    return { title, answer: run.output_text ?? run.output?.text ?? '' };
  }
}

const archivist = new Archivist(process.env.OPENAI_API_KEY ?? '');

export const ask = (question: string) =>
  archivist.ask(process.env.WORKFLOW_ID ?? 'wf_123', question);
