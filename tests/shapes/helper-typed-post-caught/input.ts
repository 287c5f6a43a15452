async function post<T>(path: string, body: unknown): Promise<T> {
  const res = await fetch(`https://api.openai.com/v1${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!res.ok) throw new Error(`OpenAI ${res.status}: ${await res.text()}`);
  return res.json();
}

export async function ask(message: string): Promise<string> {
  const run = await post<{ output_text?: string }>("/workflows/runs", {
    workflow_id: process.env.WORKFLOW_ID,
    input: { message },
  }).catch((error) => {
    console.error(error);
    return null;
  });
  return run?.output_text ?? "Nobody is there.";
}
