import { NextRequest, NextResponse } from "next/server";

const RUNS = "https://api.openai.com/v1/workflows/runs";

// Whatever comes back, put all of its texts one below the other.
function gather(run: any): string {
  const found: string[] = [];
  const take = (part: any) => {
    if (!part) return;
    if (typeof part === "string") {
      found.push(part);
      return;
    }
    if (Array.isArray(part)) {
      part.forEach(take);
      return;
    }
    if (typeof part === "object") {
      if (typeof part.output_text === "string") found.push(part.output_text);
      if (typeof part.text === "string") found.push(part.text);
      if (part.output) take(part.output);
      if (part.value) take(part.value);
    }
  };
  take(run);
  return found.join("\n").trim();
}

async function ask(question: string): Promise<string> {
  const headers = {
    Authorization: `Bearer ${process.env.OPENAI_API_KEY!}`,
    "Content-Type": "application/json",
  };
  const started = await fetch(RUNS, {
    method: "POST",
    headers,
    body: JSON.stringify({ workflow_id: process.env.WORKFLOW_ID!, input: { question } }),
  });
  if (!started.ok) {
    throw new Error(`start ${started.status}: ${await started.text()}`);
  }
  const first = await started.json();
  const runId = first.id || first.run_id;

  const until = Date.now() + 20000;
  while (Date.now() < until) {
    const again = await fetch(`${RUNS}/${runId}`, { headers });
    if (!again.ok) {
      throw new Error(`run ${again.status}`);
    }
    const run = await again.json();
    if (run.status === "completed") return gather(run);
    if (run.status === "failed" || run.status === "cancelled") {
      throw new Error(`run ${run.status}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("the run takes too long");
}

export async function POST(req: NextRequest) {
  const { question } = await req.json();
  try {
    return NextResponse.json({ reply: await ask(question) });
  } catch (error) {
    return NextResponse.json({ error: String(error) }, { status: 502 });
  }
}
