import OpenAI from "openai";

const client = new OpenAI();

async function byWorkflow(notes: string): Promise<string | undefined> {
  try {
    const run = await (client as any).workflows?.runs?.create({
      workflow_id: process.env.WORKFLOW_ID,
      input: { input_as_text: notes },
    });
    return run?.output_text ?? run?.output?.text;
  } catch {
    return undefined;
  }
}

async function byChat(notes: string): Promise<string> {
  const made = await client.chat.completions.create({
    model: "gpt-6-luna",
    messages: [{ role: "user", content: notes }],
  });
  return made.choices[0]?.message?.content ?? "";
}

export async function summary(notes: string): Promise<string> {
  const found = (await byWorkflow(notes)) || (await byChat(notes));
  return found.trim();
}
