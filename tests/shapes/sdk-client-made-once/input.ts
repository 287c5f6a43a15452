import OpenAI from "openai";
import { NextResponse } from "next/server";

let cached: OpenAI | null = null;

function getOpenAI(): OpenAI {
  const apiKey = process.env.OPENAI_API_KEY;
  if (!apiKey) {
    throw new Error("OPENAI_API_KEY is not set");
  }
  if (!cached) {
    cached = new OpenAI({ apiKey });
  }
  return cached;
}

export async function POST(req: Request) {
  try {
    const { message } = await req.json();
    const client = getOpenAI() as any;

    const run = await client.beta.workflows.runs.create({
      workflow_id: process.env.OPENAI_WORKFLOW_ID,
      input: { message },
    });

    return NextResponse.json({ reply: run.output_text ?? run.output?.message ?? "" });
  } catch (err) {
    console.error(err);
    return NextResponse.json({ error: "Workflow failed" }, { status: 500 });
  }
}
