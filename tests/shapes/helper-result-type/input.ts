export type Result =
  | { ok: true; data: any }
  | { ok: false; status: number; error: string };

export async function callWorkflow(input: { message: string }): Promise<Result> {
  const response = await fetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "OpenAI-Beta": "workflows=v1",
    },
    body: JSON.stringify({ input }),
  });

  if (!response.ok) {
    return { ok: false, status: response.status, error: await response.text() };
  }
  return { ok: true, data: await response.json() };
}
