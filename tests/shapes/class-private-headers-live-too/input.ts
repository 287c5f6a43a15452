interface Settings {
  apiKey: string;
  project?: string;
}

export class Concierge {
  private readonly settings: Settings;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  private get headers(): Record<string, string> {
    const headers: Record<string, string> = {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${this.settings.apiKey}`,
    };
    if (this.settings.project) {
      headers['OpenAI-Project'] = this.settings.project;
    }
    return headers;
  }

  private async title(question: string): Promise<string> {
    const response = await fetch('https://api.openai.com/v1/chat/completions', {
      method: 'POST',
      headers: this.headers,
      body: JSON.stringify({
        model: 'gpt-4.1-mini',
        messages: [{ role: 'user', content: `A title for: ${question}` }],
      }),
    });
    const data = await response.json();
    return data.choices?.[0]?.message?.content ?? 'Untitled';
  }

  async ask(question: string) {
    const title = await this.title(question);
    const response = await fetch(
      `https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`,
      {
        method: 'POST',
        headers: { ...this.headers, 'OpenAI-Beta': 'workflows=v1' },
        body: JSON.stringify({ input: { message: question } }),
      },
    );
    const raw = await response.text();
    if (!response.ok) {
      throw new Error(`The workflow answered ${response.status}`);
    }
    const run = JSON.parse(raw);
    return { title, answer: run.output_text || run.output?.message || '' };
  }
}

export const concierge = new Concierge({
  apiKey: process.env.OPENAI_API_KEY ?? '',
  project: process.env.OPENAI_PROJECT_ID,
});

export const ask = (question: string) => concierge.ask(question);
