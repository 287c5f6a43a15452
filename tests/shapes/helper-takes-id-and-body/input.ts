import type { NextApiRequest, NextApiResponse } from "next";

const API_KEY = process.env.OPENAI_API_KEY ?? "";

async function callWorkflow(workflowId: string, payload: Record<string, unknown>): Promise<any> {
  const res = await fetch(`https://api.openai.com/v1/workflows/${workflowId}/runs`, {
    method: "POST",
    headers: { Authorization: `Bearer ${API_KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify(payload),
  });
  if (!res.ok) throw new Error(`workflow: ${res.status} ${await res.text()}`);
  return res.json();
}

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  try {
    const payload = { input: { message: req.body.message }, version: "3" };
    const run = await callWorkflow(process.env.WORKFLOW_ID ?? "", payload);
    res.status(200).json({ reply: run.output_text || run.output?.text || "" });
  } catch (error) {
    res.status(502).json({ error: String(error) });
  }
}
