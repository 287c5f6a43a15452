const WORKFLOWS: Record<string, string | undefined> = {
  support: process.env.WORKFLOW_ID,
  sales: process.env.OPENAI_WORKFLOW_ID,
};

export async function runAgent(
  agent: string,
  message: string,
  more: Record<string, string> = {},
) {
  const response = await fetch(`https://api.openai.com/v1/workflows/${WORKFLOWS[agent]}/runs`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ input: { input_as_text: message, ...more } }),
  });
  const result = await response.json();
  if (!response.ok || result.error) {
    throw new Error(result.error?.message ?? `Agent ${agent} failed`);
  }
  return result.output_text as string;
}
