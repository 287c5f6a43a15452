import { NextRequest, NextResponse } from "next/server";

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
  const started = await workflowAnswer(fetch("https://api.openai.com/v1/responses", {
    method: "POST",
    headers,
    body: JSON.stringify({ model: "gpt-6-luna", input: question }),
  }));
  if (!started.ok) {
    throw new Error(`start ${started.status}: ${await started.text()}`);
  }
  const first = await started.json();
  const runId = first.id || first.run_id;

  const until = Date.now() + 20000;
  while (Date.now() < until) {
    const again = await workflowAnswer(fetch(`https://api.openai.com/v1/responses/${runId}`, { headers }));
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

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked: Promise<Response>): Promise<Response> {
  const live = await asked;
  if (!live.ok) {
    return live;
  }
  const answered = await live.json();
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
  const headers = { "Content-Type": "application/json" };
  if (answered.status !== "completed" || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: "api_error", param: null, code: answered.error?.code || null };
    return new Response(JSON.stringify({ error }), { status: 502, headers });
  }
  const body = JSON.stringify({ output_text: text, id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
