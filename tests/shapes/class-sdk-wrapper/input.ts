import OpenAI from 'openai';

export class AgentClient {
  private client: OpenAI;

  constructor(private workflowId = process.env.WORKFLOW_ID ?? 'wf_123') {
    this.client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });
  }

  async ask(message: string): Promise<string> {
    // @ts-expect-error workflows are not typed yet
    const result = await this.client.workflows.run(this.workflowId, { input: { message } });
    return result.output_text ?? '';
  }
}
