import { OpenAI } from 'openai';

export class ResumeReader {
  private readonly openai: OpenAI;
  private readonly assistantId: string;

  constructor(apiKey: string, assistantId: string) {
    this.openai = new OpenAI({ apiKey });
    this.assistantId = assistantId;
  }

  async read(resume: string): Promise<string> {
    try {
      const thread = await this.openai.beta.threads.create();
      await this.openai.beta.threads.messages.create(thread.id, {
        role: 'user',
        content: `Read this:\n${resume}
          and list the skills.`,
      });
      const run = await this.openai.beta.threads.runs.create(thread.id, {
        assistant_id: this.assistantId,
        additional_instructions: 'Answer with JSON only.',
        response_format: { type: 'json_object' },
        max_completion_tokens: 2000,
      });
      let status = await this.openai.beta.threads.runs.retrieve(thread.id, run.id);
      while (status.status === 'queued' || status.status === 'in_progress') {
        await new Promise((resolve) => setTimeout(resolve, 500));
        status = await this.openai.beta.threads.runs.retrieve(thread.id, run.id);
      }
      if (status.status !== 'completed') {
        throw new Error(`Run ended as ${status.status}`);
      }
      const messages = await this.openai.beta.threads.messages.list(thread.id);
      const latest = messages.data.find((message) => message.role === 'assistant');
      if (!latest || latest.content[0].type !== 'text') {
        throw new Error('No text');
      }
      return latest.content[0].text.value;
    } catch (error) {
      console.error('Reading failed', error);
      throw error;
    }
  }
}
