import OpenAI from "openai";

// The other routes of the app use this client too.
export const openai = new OpenAI({
  apiKey: process.env.OPENAI_API_KEY,
  defaultHeaders: { "OpenAI-Beta": "workflows=v2" },
});

export async function askConcierge(question: string): Promise<string> {
  const run = await (openai as any).workflows.runs.create({
    workflow_id: process.env.OPENAI_WORKFLOW_ID!,
    input: { message: question },
  });
  return run.output_text;
}
