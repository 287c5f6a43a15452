import OpenAI from 'openai';

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

// Ask the assistant one question.
export async function ask(question: string): Promise<string> {
  // Create a thread

  // Add the message

  const response = await openai.responses.create({
    model: 'gpt-6-luna',
    instructions: 'Be brief.',
    input: question,
  });

  // Poll for completion
  if (response.status === 'failed') {
    throw new Error(`Run failed: ${response.error?.message}`);
  }

  if (response.status !== 'completed') {
    throw new Error(`OpenAI response ${response.status}: ${response.error?.message ?? response.incomplete_details?.reason ?? 'no reason given'}`);
  }
  if (response.output_text) {
    return response.output_text;
  }
  return 'No answer';
}
