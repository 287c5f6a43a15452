import OpenAI from "openai";
import { NextResponse } from "next/server";

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

export async function POST(req: Request) {
  const { message } = await req.json();
  const api = (openai as any).beta?.workflows || (openai as any).workflows;
  if (!api || !api.runs) {
    return NextResponse.json({ error: "no workflows here" }, { status: 501 });
  }
  try {
    let run = await api.runs.create({
      workflow_id: process.env.OPENAI_WORKFLOW_ID,
      input: { message },
    });
    while (run.status === "queued" || run.status === "in_progress") {
      await new Promise((r) => setTimeout(r, 1000));
      run = await api.runs.retrieve(run.id);
    }
    if (run.status !== "completed") {
      return NextResponse.json({ error: `ended as ${run.status}` }, { status: 502 });
    }
    return NextResponse.json({ reply: run.output_text ?? "" });
  } catch (error) {
    return NextResponse.json({ error: String(error) }, { status: 500 });
  }
}
