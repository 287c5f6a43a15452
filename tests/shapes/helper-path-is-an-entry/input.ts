const OPENAI = {
  baseUrl: "https://api.openai.com/v1",
  endpoints: {
    workflowRuns: "/workflows/runs",
    chat: "/chat/completions",
  },
} as const;

async function post<T>(path: string, body: unknown): Promise<T> {
  const response = await fetch(`${OPENAI.baseUrl}${path}`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) {
    throw new Error(`OpenAI ${path} failed: ${response.status}`);
  }
  return (await response.json()) as T;
}

export async function runWorkflow(message: string) {
  const data = await post<{ output?: { text?: string } }>(OPENAI.endpoints.workflowRuns, {
    workflow_id: process.env.WORKFLOW_ID,
    input: { message },
  });
  return data.output?.text ?? null;
}

export async function chat(message: string) {
  const data = await post<{ choices: { message: { content: string } }[] }>(OPENAI.endpoints.chat, {
    model: "gpt-6-luna",
    messages: [{ role: "user", content: message }],
  });
  return data.choices[0].message.content;
}
