const ENDPOINT = "https://api.openai.com/v1/workflows/runs";

export async function askConcierge(question: string) {
  const headers: [string, string][] = [
    ["Authorization", `Bearer ${process.env.OPENAI_API_KEY}`],
    ["Content-Type", "application/json"],
    ["OpenAI-Beta", "workflows=v1"],
    ["OpenAI-Project", process.env.OPENAI_PROJECT!],
  ];
  const response = await fetch(ENDPOINT, {
    method: "POST",
    headers,
    body: JSON.stringify({
      workflow_id: process.env.OPENAI_WORKFLOW_ID,
      input: { message: question },
    }),
  });
  if (!response.ok) {
    throw new Error(`OpenAI answered ${response.status}`);
  }
  return response.json();
}
