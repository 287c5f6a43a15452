const OPENAI = {
  baseUrl: "https://api.openai.com/v1",
  endpoints: {
    workflowRuns: "/workflows/runs",
    chat: "/chat/completions",
  },
} as const;

async function post<T>(path: string, body: unknown): Promise<T> {
  const response = await fetch(`${OPENAI.baseUrl}${path}`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) {
    throw new Error(`OpenAI ${path} failed: ${response.status}`);
  }
  return (await response.json()) as T;
}

export async function runWorkflow(message: string) {
  const data = await workflowAnswer(post<{ output?: { text?: string } }>("/responses", {
    model: "gpt-6-luna",
    input: message,
  }));
  return data.output?.text ?? null;
}

export async function chat(message: string) {
  const data = await post<{ choices: { message: { content: string } }[] }>(OPENAI.endpoints.chat, {
    model: "gpt-6-luna",
    messages: [{ role: "user", content: message }],
  });
  return data.choices[0].message.content;
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked: PromiseLike<any>): Promise<any> {
  const answered = await asked;
  let text = "";
  let finalText = "";
  let refusal = "";
  for (const item of answered.output || []) {
    for (const part of item.type === "message" ? item.content : []) {
      refusal += part.refusal || "";
      text += part.type === "output_text" ? part.text : "";
      finalText += part.type === "output_text" && item.phase === "final_answer" ? part.text : "";
    }
  }
  text = finalText || text;
  if (answered.status !== "completed" || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    throw new Error(`Response ${answered.status}: ${reason || 'no text'}`);
  }
  return { output_text: text, output: { text }, id: answered.id, status: "completed" };
}
