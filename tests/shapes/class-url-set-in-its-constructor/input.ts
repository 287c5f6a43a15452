interface Run {
  id: string;
  status: string;
  output_text?: string;
  error?: { message: string };
}

class Summarizer {
  private static instance: Summarizer;
  private readonly url: string;
  private readonly init: { method: "POST"; headers: Record<string, string> };

  private constructor() {
    this.url = "https://api.openai.com/v1/workflows/" + process.env.AGENT_WORKFLOW_ID + "/runs";
    this.init = {
      method: "POST",
      headers: {
        Authorization: "Bearer " + process.env.OPENAI_API_KEY,
        "Content-Type": "application/json",
      },
    };
  }

  static get(): Summarizer {
    return (Summarizer.instance ??= new Summarizer());
  }

  async run(text: string): Promise<string> {
    const body = JSON.stringify({ input: { input_as_text: text } });
    const res = await fetch(this.url, { ...this.init, body });
    if (!res.ok) throw new Error(`summary: ${res.status}`);
    const run = (await res.json()) as Run;
    if (run.status === "failed") throw new Error(run.error?.message ?? "failed");
    return run.output_text ?? "";
  }
}

export const summarize = (text: string) => Summarizer.get().run(text);
