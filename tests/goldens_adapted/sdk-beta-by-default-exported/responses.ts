import OpenAI from "openai";

// The other routes of the app use this client too.
export const openai = new OpenAI({
  apiKey: process.env.OPENAI_API_KEY,
  defaultHeaders: { "OpenAI-Beta": "workflows=v2" },
});

export async function askConcierge(question: string): Promise<string> {
  const run = await workflowAnswer((openai as any).responses.create({
    model: "gpt-6-luna",
    input: question,
  }, { headers: { "OpenAI-Beta": null } }));
  return run.output_text;
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
  return { output_text: text, id: answered.id, status: "completed" };
}
