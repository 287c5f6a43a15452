import { NextResponse } from "next/server";
import { openai } from "@/lib/openai";

export async function POST(req: Request) {
  const { message } = await req.json();
  const run = await (openai as any).workflows.runs.create({
    workflow: { id: process.env.WORKFLOW_ID, version: "1" },
    input: { message },
  });
  return NextResponse.json({ reply: run.output_text ?? "" });
}
