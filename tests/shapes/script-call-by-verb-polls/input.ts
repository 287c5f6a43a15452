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
const WORKFLOW = process.env.WORKFLOW_ID;
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
  let run = await call<Run>("POST", `/workflows/${WORKFLOW}/runs`, {
    inputs: { topic: process.argv[2] },
  });
  console.error("started", run.id);
  while (!DONE.has(run.status)) {
    if (run.status === "failed" || run.status === "cancelled") {
      throw new Error(run.error?.message ?? run.status);
    }
    await new Promise((r) => setTimeout(r, 1000));
    run = await call<Run>("GET", `/workflows/${WORKFLOW}/runs/${run.id}`);
  }
  process.stdout.write(`${run.output_text ?? JSON.stringify(run.output)}\n`);
}

main().catch((e: Error) => {
  console.error(e.message);
  process.exit(2);
});
