import OpenAI from "openai";

const project = process.env.OPENAI_PROJECT_ID;
const client = new OpenAI({
  apiKey: process.env.OPENAI_API_KEY,
  ...(project ? { project } : {}),
});

export async function summarise(minutes: string, version?: string) {
  const args: any = {
    workflow_id: process.env.OPENAI_WORKFLOW_ID,
    input: { text: minutes },
  };
  if (version) {
    args.version = version;
  }
  const run = await (client as any).workflows.runs.create(args);
  return run.output_text;
}
