export class AgentService {
  #base = "https://api.openai.com/v1/workflows";
  #key = process.env.OPENAI_API_KEY ?? "";
  #workflow = process.env.WORKFLOW_ID ?? "";

  private get headers() {
    return {
      "Content-Type": "application/json",
      Authorization: `Bearer ${this.#key}`,
      "OpenAI-Beta": "workflows=v1",
    };
  }

  async ask(question: string): Promise<{ reply: string }> {
    const body = { input: { message: question } };
    const res = await fetch(`${this.#base}/${this.#workflow}/runs`, {
      method: "POST",
      headers: this.headers,
      body: JSON.stringify(body),
    });
    const text = await res.text();
    if (!res.ok) {
      throw new Error(`Workflow error ${res.status}: ${text}`);
    }
    const json = JSON.parse(text);
    return { reply: json.output_text ?? json.output?.text ?? "" };
  }
}
