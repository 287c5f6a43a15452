interface RunInput {
  message: string;
}

interface RunRequest {
  workflow_id: string;
  input: RunInput;
}

interface RunResult {
  id: string;
  status: string;
  output_text?: string;
}

async function startRun(body: RunRequest): Promise<RunResult> {
  const res = await fetch("https://api.openai.com/v1/workflows/runs", {
    method: "POST",
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify(body),
  });
  if (!res.ok) throw new Error(`run: ${res.status}`);
  return res.json();
}

export async function ask(message: string): Promise<string> {
  const body: RunRequest = { workflow_id: process.env.WORKFLOW_ID!, input: { message } };
  const run = await startRun(body);
  return run.output_text ?? "";
}
