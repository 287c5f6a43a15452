const KEY = process.env.OPENAI_API_KEY ?? "";
const WF = process.env.WORKFLOW_ID ?? "wf_123";

export async function runWorkflow(message: string): Promise<string> {
  const candidates = [
    `https://api.openai.com/v1/workflows/${WF}/runs`,
    `https://api.openai.com/v1/workflows/${WF}/invoke`,
    `https://api.openai.com/v1/agents/workflows/${WF}/runs`,
  ];

  let lastError = "";
  for (const url of candidates) {
    const res = await fetch(url, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${KEY}`,
        "Content-Type": "application/json",
        "OpenAI-Beta": "workflows=v1",
      },
      body: JSON.stringify({ input: { message } }),
    });
    const text = await res.text();
    if (res.ok) {
      const data = JSON.parse(text);
      return data.output_text ?? data.output ?? "";
    }
    lastError = `${res.status} ${text}`;
  }

  throw new Error(`All workflow endpoints failed: ${lastError}`);
}
