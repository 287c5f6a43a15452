import OpenAI from "openai";
import { NextResponse } from "next/server";

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

export async function POST(req: Request) {
  try {
    const { message } = await req.json();

    const run = await (openai as any).workflows.runs.create({
      workflow_id: process.env.OPENAI_WORKFLOW_ID,
      input: { message },
    });

    const reply = run.output_text ?? run.output?.[0]?.content?.[0]?.text ?? "";
    return NextResponse.json({ reply });
  } catch (err) {
    console.error(err);
    return NextResponse.json({ error: "Workflow failed" }, { status: 500 });
  }
}
