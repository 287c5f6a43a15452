export async function runWorkflow(
  workflowId: string,
  message: string,
  apiKey = process.env.OPENAI_API_KEY,
  baseUrl = 'https://api.openai.com/v1',
): Promise<string> {
  const res = await fetch(`${baseUrl}/workflows/${workflowId}/runs`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${apiKey}`,
      'OpenAI-Beta': 'workflows=v1',
    },
    body: JSON.stringify({ input: { message } }),
  });
  if (!res.ok) {
    throw new Error(`Workflow ${workflowId} failed: ${res.status} ${res.statusText}`);
  }
  const { output_text } = await res.json();
  return output_text;
}
