export async function runAgent(message: string, more: Record<string, string> = {}) {
  const response = await fetch("https://api.openai.com/v1/workflows/runs", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({
      workflow_id: process.env.WORKFLOW_ID,
      input: { input_as_text: message, ...more },
    }),
  });
  const result = await response.json();
  if (!response.ok || result.error) {
    throw new Error(result.error?.message ?? "The agent failed");
  }
  return result.output_text as string;
}
