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
      const response = await this.openai.responses.create({
        model: 'gpt-6-luna',
        instructions: 'Answer with JSON only.',
        text: { format: { type: 'json_object' } },
        max_output_tokens: 2000,
        input: `Read this:\n${resume}
          and list the skills.`,
      });
      if (response.status !== 'completed') {
        throw new Error(`Run ended as ${response.status}`);
      }
      if (!response.output_text) {
        throw new Error('No text');
      }
      return response.output_text;
    } catch (error) {
      console.error('Reading failed', error);
      throw error;
    }
  }
}
