const BASE = "https://api.openai.com/v1";

interface WorkflowRun {
  id: string;
  status: "queued" | "in_progress" | "completed" | "failed";
  output?: { text: string };
  error?: { message: string };
}

async function api<T>(path: string, init: RequestInit = {}): Promise<T> {
  const res = await fetch(`${BASE}${path}`, {
    ...init,
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "Content-Type": "application/json",
    },
  });
  if (!res.ok) throw new Error(`OpenAI ${res.status}`);
  return (await res.json()) as T;
}

export async function listModels() {
  const { data } = await api<{ data: { id: string }[] }>("/models");
  return data.map((model) => model.id);
}

export async function runWorkflow(workflowId: string, message: string): Promise<string> {
  let run = await api<WorkflowRun>(`/workflows/${workflowId}/runs`, {
    method: "POST",
    body: JSON.stringify({ input: { message } }),
  });
  while (run.status === "queued" || run.status === "in_progress") {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    run = await api<WorkflowRun>(`/workflows/${workflowId}/runs/${run.id}`);
  }
  if (run.status === "failed") throw new Error(run.error?.message ?? "failed");
  return run.output?.text ?? "";
}
