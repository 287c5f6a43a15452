function openaiHeaders(): Headers {
  const headers = new Headers();
  headers.set("Content-Type", "application/json");
  headers.set("Authorization", `Bearer ${process.env.OPENAI_API_KEY}`);
  headers.set("OpenAI-Beta", "workflows=v1");
  if (process.env.OPENAI_PROJECT) headers.set("OpenAI-Project", process.env.OPENAI_PROJECT);
  return headers;
}

export async function runWorkflow(question: string): Promise<string> {
  const response = await fetch("https://api.openai.com/v1/workflows/runs", {
    method: "POST",
    headers: openaiHeaders(),
    body: JSON.stringify({ workflow_id: "wf_123", input: { question } }),
  });
  if (!response.ok) {
    throw new Error(`OpenAI answered ${response.status}: ${await response.text()}`);
  }
  const { status, output, error } = await response.json();
  if (error) throw new Error(error.message);
  if (status !== "completed") throw new Error(`The run is ${status}`);
  return output.text;
}
