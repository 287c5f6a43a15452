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
  let run = await workflowAnswer(api<WorkflowRun>("/responses", {
    method: "POST",
    body: JSON.stringify({ model: "gpt-6-luna", input: message }),
  }));
  while (run.status === "queued" || run.status === "in_progress") {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    run = await workflowAnswer(api<WorkflowRun>(`/responses/${run.id}`));
  }
  if (run.status === "failed") throw new Error(run.error?.message ?? "failed");
  return run.output?.text ?? "";
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
  return { output_text: text, output: { text }, id: answered.id, status: "completed" };
}
