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
  const run = await workflowAnswer(openai.responses.create({
    model: "gpt-6-luna",
    input: text,
  }));

  const kept: unknown = run?.output?.response ?? run?.output?.data ?? run?.output ?? null;
  const reply = gathered(run).trim();
  if (!reply) throw new Error("The workflow said nothing");
  return { reply, kept };
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked: PromiseLike<any>): Promise<any> {
  const answered = await asked;
  let text = "";
  let finalText = "";
  let refusal = "";
  for (const item of answered.output || []) {
    for (const part of item.type === "message" ? item.content : []) {
      refusal += part.refusal || "";
      text += part.type === "output_text" ? part.text : "";
      finalText += part.type === "output_text" && item.phase === "final_answer" ? part.text : "";
    }
  }
  text = finalText || text;
  if (answered.status !== "completed" || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    throw new Error(`Response ${answered.status}: ${reason || 'no text'}`);
  }
  return { output_text: text, output: { response: text }, id: answered.id, status: "completed" };
}
