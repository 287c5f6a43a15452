interface Run {
  id: string;
  status: "queued" | "in_progress" | "completed" | "succeeded" | "failed" | "cancelled";
  output_text?: string;
  output?: unknown;
  error?: { message?: string };
}

const HEADERS = {
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  "Content-Type": "application/json",
};
const DONE = new Set(["completed", "succeeded"]);

async function call<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
  const res = await fetch(`https://api.openai.com/v1${path}`, {
    method,
    headers: HEADERS,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await res.text();
  if (!res.ok) throw new Error(`${method} ${path}: ${res.status} ${text}`);
  return JSON.parse(text) as T;
}

async function main(): Promise<void> {
  let run = await workflowAnswer(call<Run>("POST", "/responses", {
    model: "gpt-6-luna",
    input: typeof process.argv[2] === "string" ? process.argv[2] : JSON.stringify(process.argv[2]),
  }));
  console.error("started", run.id);
  while (!DONE.has(run.status)) {
    if (run.status === "failed" || run.status === "cancelled") {
      throw new Error(run.error?.message ?? run.status);
    }
    await new Promise((r) => setTimeout(r, 1000));
    run = await workflowAnswer(call<Run>("GET", `/responses/${run.id}`));
  }
  process.stdout.write(`${run.output_text ?? JSON.stringify(run.output)}\n`);
}

main().catch((e: Error) => {
  console.error(e.message);
  process.exit(2);
});

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
  return { output_text: text, id: answered.id, status: "completed" };
}
