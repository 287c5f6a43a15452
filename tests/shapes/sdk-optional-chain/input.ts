import OpenAI from "openai";

const client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY }) as any;

export async function respond(text: string): Promise<string> {
  const run = await client.workflows?.runs?.create({
    workflow_id: "wf_123",
    input: { input_as_text: text },
  });

  if (run?.output_text) {
    return run.output_text;
  }

  const chat = await client.chat.completions.create({
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: text }],
  });
  return chat.choices[0].message.content ?? "";
}
