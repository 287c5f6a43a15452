interface RunRequest {
  workflow_id: string;
  version: string;
  input: { message: string };
}

export class Concierge {
  constructor(private readonly apiKey: string) {}

  async reply(message: string): Promise<string> {
    const payload = this.request(message.trim());
    const res = await fetch("https://api.openai.com/v1/workflows/runs", {
      method: "POST",
      headers: this.headers(),
      body: JSON.stringify(payload),
    });
    if (!res.ok) throw new Error(`concierge: ${res.status}`);
    const data = await res.json();
    return data.output?.text ?? data.output_text ?? "";
  }

  private request(message: string): RunRequest {
    if (!message) throw new Error("nothing is asked");
    return {
      workflow_id: process.env.WORKFLOW_ID!,
      version: "2",
      input: { message },
    };
  }

  private headers(): Record<string, string> {
    return { Authorization: `Bearer ${this.apiKey}`, "Content-Type": "application/json" };
  }
}
