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
    const run = await workflowAnswer(this.request<Run>('/responses', {
      method: 'POST',
      body: JSON.stringify({ model: 'gpt-6-luna', input: question }),
    }));
    return { title, answer: run.output_text ?? run.output?.text ?? '' };
  }
}

const archivist = new Archivist(process.env.OPENAI_API_KEY ?? '');

export const ask = (question: string) =>
  archivist.ask(process.env.WORKFLOW_ID ?? 'wf_123', question);

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked: PromiseLike<any>): Promise<any> {
  const answered = await asked;
  let text = '';
  let finalText = '';
  let refusal = '';
  for (const item of answered.output || []) {
    for (const part of item.type === 'message' ? item.content : []) {
      refusal += part.refusal || '';
      text += part.type === 'output_text' ? part.text : '';
      finalText += part.type === 'output_text' && item.phase === 'final_answer' ? part.text : '';
    }
  }
  text = finalText || text;
  if (answered.status !== 'completed' || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    throw new Error(`Response ${answered.status}: ${reason || 'no text'}`);
  }
  return { output_text: text, id: answered.id, status: 'completed' };
}
