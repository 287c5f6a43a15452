const WORKFLOW_ID = process.env.OPENAI_WORKFLOW_ID ?? "";

/** Runs the support workflow. What comes back is up to the caller to read. */
export async function runWorkflow(question: string): Promise<any> {
  const response = await fetch(`https://api.openai.com/v1/workflows/${WORKFLOW_ID}/runs`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({ input: { question } }),
  });
  const run = await response.json();
  return run;
}
