type Options = { workflowId?: string; signal?: AbortSignal };

export class Stopped extends Error {}

function wordsOf(run: any): string {
  return run?.output_text ?? run?.output?.text ?? "";
}

export async function askConcierge(question: string, options: Options = {}): Promise<string> {
  const id = options.workflowId ?? process.env.WORKFLOW_ID;
  try {
    const response = await fetch(`https://api.openai.com/v1/workflows/${id}/runs`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        "Content-Type": "application/json",
        "OpenAI-Beta": "workflows=v1",
      },
      body: JSON.stringify({ input: { question } }),
      signal: options.signal,
    });
    const raw = await response.text();
    if (!response.ok) {
      throw new Error(`concierge: ${response.status} ${raw.slice(0, 200)}`);
    }
    return wordsOf(JSON.parse(raw));
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") {
      throw new Stopped(question, { cause: error });
    }
    throw error;
  }
}
