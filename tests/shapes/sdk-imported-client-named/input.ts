import { NextRequest, NextResponse } from "next/server";
import { openai } from "@/lib/openai";

export async function POST(req: NextRequest) {
  const { question, plan } = await req.json();
  try {
    const run = await openai.workflows.runs.create({
      workflow_id: process.env.WORKFLOW_ID!,
      input: { message: question },
    });
    return NextResponse.json({ plan, reply: run.output_text });
  } catch (error) {
    return NextResponse.json({ error: "The workflow failed" }, { status: 502 });
  }
}
