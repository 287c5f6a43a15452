export async function submit(workflowId: string, runId: string, outputs: unknown[]) {
  const res = await fetch(
    `https://api.openai.com/v1/workflows/${workflowId}/runs/${runId}/submit_tool_outputs`,
    {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        'OpenAI-Beta': 'workflows=v1',
      },
      body: JSON.stringify({ tool_outputs: outputs }),
    },
  );
  return res.json();
}
