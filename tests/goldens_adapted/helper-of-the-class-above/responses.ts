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
    const run = await workflowAnswer(this.post('/responses', { model: 'gpt-6-luna', input: message }));
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
