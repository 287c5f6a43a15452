import { NextResponse } from "next/server";

const API_BASE = (process.env.OPENAI_API_BASE?.trim() || "https://api.openai.com").replace(/\/+$/, "");

async function runAgent(question: string) {
  const version = Number(process.env.WORKFLOW_VERSION ?? 1);
  const runs = `${API_BASE}/v1/workflows/${process.env.WORKFLOW_ID}/runs`;
  const headers: Record<string, string> = {
    "Content-Type": "application/json",
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    "OpenAI-Beta": "workflows=v1",
  };
  if (process.env.OPENAI_PROJECT) {
    headers["OpenAI-Project"] = process.env.OPENAI_PROJECT;
  }

  const started = await fetch(version > 1 ? `${runs}?version=${version}` : runs, {
    method: "POST",
    headers,
    body: JSON.stringify({ input: { input_as_text: question } }),
  });
  if (!started.ok) {
    const problem = await started.json().catch(() => ({}));
    throw new Error(problem.error?.message || `HTTP ${started.status}`);
  }

  let run = await started.json();
  for (let look = 0; (run.status === "queued" || run.status === "in_progress") && look < 40; look++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const seen = await fetch(`${runs}/${run.run_id}`, { method: "GET", headers });
    if (!seen.ok) {
      throw new Error(`HTTP ${seen.status}`);
    }
    run = await seen.json();
  }
  if (run.status === "completed" && run.output) {
    return run.output;
  }
  throw new Error(run.error || "The agent did not finish.");
}

export async function POST(request: Request) {
  const { question } = await request.json();
  try {
    const reply = await runAgent(question);
    return NextResponse.json({ reply });
  } catch (error) {
    const message = error instanceof Error ? error.message : "Unknown";
    return NextResponse.json({ error: message }, { status: 502 });
  }
}
