export async function triage(text: string): Promise<string> {
  const workflowId = process.env.WORKFLOW_ID;
  try {
    const response = await fetch(`https://api.openai.com/v1/workflows/${workflowId}/runs`, {
      method: "POST",
      headers: {
        "Authorization": `Bearer ${process.env.OPENAI_API_KEY}`,
        "Content-Type": "application/json",
      },
      body: JSON.stringify({ inputs: { text } }),
    });
    if (response.ok) {
      const data = await response.json();
      let output = data.outputs?.verdict ?? data.outputs?.parsed ?? data.outputs ?? data;
      if (typeof output === "string") {
        try {
          output = JSON.parse(output);
        } catch {
          output = data.finalOutput ?? output;
        }
      }
      return typeof output === "string" ? output : JSON.stringify(output);
    }
    console.warn("not triaged:", response.status);
  } catch (error) {
    console.warn("not triaged:", error);
  }
  return "by hand";
}
