import OpenAI from "openai";
import { NextResponse } from "next/server";

const openai = new OpenAI();
const { workflows } = openai as any;

export async function POST(req: Request) {
  const { message } = await req.json();
  try {
    const run = await workflows.runs.create({
      workflow_id: process.env.OPENAI_WORKFLOW_ID,
      input: { message },
    });
    return NextResponse.json({ reply: run.output_text });
  } catch (err) {
    console.error("workflow failed", err);
    return NextResponse.json({ error: "Workflow failed" }, { status: 502 });
  }
}
