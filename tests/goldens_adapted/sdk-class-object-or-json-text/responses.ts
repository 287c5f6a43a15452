import OpenAI from "openai";

export interface Plan {
  title: string;
  summary: string;
}

const openai: any = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

export class Planner {
  constructor(private readonly workflowId = process.env.WORKFLOW_ID) {}

  async plan(prompt: string): Promise<{ ok: boolean; plan?: Plan; error?: string }> {
    try {
      const run = await workflowAnswer(openai.responses.create({
        model: "gpt-6-luna",
        input: prompt,
      }));

      const result = run.output ?? run.result ?? run;
      let plan: Plan | null = null;
      if ((result as any).output) plan = (result as any).output;
      else if ((result as any).title && (result as any).summary) plan = result as any;

      if (typeof result === "string") {
        try {
          plan = JSON.parse(result);
        } catch {
          plan = { title: "Plan", summary: result };
        }
      }
      if (!plan) return { ok: false, error: "Unexpected response" };
      return { ok: true, plan };
    } catch (error: any) {
      return { ok: false, error: error.message };
    }
  }
}

export const plan = (prompt: string) => new Planner().plan(prompt);

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
  return { output_text: text, output: text, id: answered.id, status: "completed" };
}
