export interface WorkflowRun {
  id: string;
  status: string;
  output?: { message: string; sources?: string[] };
}

export async function startRun(message: string): Promise<WorkflowRun> {
  const response = await fetch("https://api.openai.com/v1/workflows/runs", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ workflow_id: process.env.WORKFLOW_ID, input: { message } }),
  });
  if (!response.ok) {
    throw new Error(`run: ${response.status}`);
  }
  return response.json();
}
