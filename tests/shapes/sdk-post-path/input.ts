import { NextResponse } from "next/server";
import OpenAI from "openai";

const openai = new OpenAI();

export async function POST(req: Request) {
  const { question } = await req.json();
  try {
    const run: any = await openai.post("/workflows/runs", {
      body: {
        workflow_id: process.env.WORKFLOW_ID,
        input: { question },
      },
      headers: { "OpenAI-Beta": "workflows=v1" },
    });
    return NextResponse.json({ reply: run.output_text ?? run.output?.text ?? "" });
  } catch (error) {
    return NextResponse.json({ reply: "Not available" }, { status: 502 });
  }
}
