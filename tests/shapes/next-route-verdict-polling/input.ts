import { NextResponse } from "next/server";

const RUNS = "https://api.openai.com/v1/workflows/runs";
const auth = { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` };

async function begin(lease: string) {
  const res = await fetch(RUNS, {
    method: "POST",
    headers: { ...auth, "Content-Type": "application/json" },
    body: JSON.stringify({ workflow_id: process.env.WORKFLOW_ID, input: { input_as_text: lease } }),
  });
  if (!res.ok) throw new Error(`begin: ${res.status}`);
  return res.json();
}

async function look(id: string) {
  const res = await fetch(`${RUNS}/${id}`, { headers: auth });
  if (!res.ok) throw new Error(`look: ${res.status}`);
  return res.json();
}

async function ended(id: string, limit = 90_000) {
  const since = Date.now();
  for (;;) {
    const run = await look(id);
    if (run.status === "completed") return run;
    if (run.status === "failed") throw new Error("the flow failed");
    if (Date.now() - since > limit) throw new Error("the flow is slow");
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function verdictOf(run: any) {
  const first = run?.outputs?.[0];
  if (first?.value) return first.value;

  const said = first?.content?.[0]?.text ?? first?.text ?? "";
  if (typeof said === "string" && said.trim()) {
    try {
      return JSON.parse(said);
    } catch {
      return { raw: said };
    }
  }
  return null;
}

export async function POST(request: Request) {
  const { lease } = await request.json();
  try {
    const run = await begin(lease);
    const verdict = verdictOf(await ended(run.id));
    if (!verdict) throw new Error("no verdict");
    return NextResponse.json(verdict);
  } catch (error: any) {
    return NextResponse.json({ error: error.message }, { status: 500 });
  }
}
