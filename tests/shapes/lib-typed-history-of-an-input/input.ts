type Turn = { role: "user" | "assistant"; content: string };

export interface Asked {
  message: string;
  history?: Turn[];
  tenant?: string;
}

export async function askDesk(asked: Asked): Promise<string> {
  const started = Date.now();
  const res = await fetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "OpenAI-Beta": "workflows=v1",
    },
    body: JSON.stringify({
      input: { message: asked.message, history: asked.history ?? [] },
      version: "2",
    }),
  });

  if (!res.ok) {
    throw new Error(`desk: ${res.status} after ${Date.now() - started} ms`);
  }

  const run = await res.json();
  return run.output_text ?? run.output?.text ?? "";
}
