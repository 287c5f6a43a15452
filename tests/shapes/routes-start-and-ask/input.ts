const RUNS = "https://api.openai.com/v1/workflows/runs";
const headers = {
  "Content-Type": "application/json",
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
};

async function start(message: string) {
  const response = await fetch(RUNS, {
    method: "POST",
    headers,
    body: JSON.stringify({ workflow_id: process.env.WORKFLOW_ID, input: { message } }),
  });
  if (!response.ok) {
    throw new Error(`start: ${response.status}`);
  }
  const run = await response.json();
  return { location: `/runs/${run.id}`, status: run.status as string };
}

async function ask(path: string) {
  const [, id] = /^\/runs\/([^/]+)$/.exec(path) ?? [];
  if (id === undefined) {
    throw new Error(`no such route: ${path}`);
  }
  const response = await fetch(`${RUNS}/${id}`, { headers });
  if (!response.ok) {
    throw new Error(`ask: ${response.status}`);
  }
  const run = await response.json();
  return { status: run.status as string, text: run.output?.text ?? "" };
}

export async function handle(method: string, path: string, body: { message?: string } = {}) {
  return method === "POST" ? start(body.message ?? "") : ask(path);
}

export async function page(message: string) {
  const { location } = (await handle("POST", "/runs", { message })) as { location: string };
  return handle("GET", location);
}
