import OpenAI from "openai";

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

function gathered(run: any): string {
  if (typeof run?.output_text === "string") return run.output_text;
  const found: string[] = [];
  for (const item of run?.output ?? []) {
    for (const part of item?.content ?? []) {
      if (typeof part?.text === "string") found.push(part.text);
    }
  }
  return found.join("\n");
}

export async function answer(text: string) {
  // @ts-expect-error the types lag behind
  const run = await openai.workflows.runs.create({
    workflow_id: process.env.WORKFLOW_ID,
    input: { message: text },
  });

  const kept: unknown = run?.output?.response ?? run?.output?.data ?? run?.output ?? null;
  const reply = gathered(run).trim();
  if (!reply) throw new Error("The workflow said nothing");
  return { reply, kept };
}
