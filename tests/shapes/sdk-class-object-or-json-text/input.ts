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
      const run = await openai.workflows.runs.create({
        workflow_id: this.workflowId,
        input: { prompt },
      });

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
