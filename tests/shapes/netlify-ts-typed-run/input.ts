import type { Handler } from "@netlify/functions";

interface WorkflowRun {
  id: string;
  status: "queued" | "running" | "completed" | "failed";
  output_text?: string;
  error?: { message: string };
}

const API = "https://api.openai.com/v1";

export const handler: Handler = async (event) => {
  const { message } = JSON.parse(event.body || "{}") as { message: string };
  const headers = {
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    "Content-Type": "application/json",
    "OpenAI-Beta": "workflows=v1",
  };

  const res = await fetch(`${API}/workflows/${process.env.WORKFLOW_ID}/runs`, {
    method: "POST",
    headers,
    body: JSON.stringify({ input: { message } }),
  });
  if (!res.ok) return { statusCode: 502, body: "could not start the run" };

  let run = (await res.json()) as WorkflowRun;
  const deadline = Date.now() + 60_000;
  while (run.status === "queued" || run.status === "running") {
    if (Date.now() > deadline) return { statusCode: 504, body: "timed out" };
    await new Promise((r) => setTimeout(r, 1000));
    const next = await fetch(`${API}/workflows/${process.env.WORKFLOW_ID}/runs/${run.id}`, { headers });
    run = (await next.json()) as WorkflowRun;
  }

  if (run.status === "failed") {
    return { statusCode: 500, body: run.error?.message ?? "failed" };
  }
  return { statusCode: 200, body: JSON.stringify({ reply: run.output_text ?? "" }) };
};
