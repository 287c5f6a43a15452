import OpenAI from "openai";
import { NextResponse } from "next/server";

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY! });

export async function POST(req: Request) {
  const { message } = await req.json();
  try {
    // @ts-ignore
    let run = await openai.beta.workflows.runs.create({
      workflow_id: process.env.OPENAI_WORKFLOW_ID!,
      input: { message },
    });

    while (run.status === "queued" || run.status === "in_progress") {
      await new Promise((r) => setTimeout(r, 1000));
      // @ts-ignore
      run = await openai.beta.workflows.runs.retrieve(run.id);
    }

    if (run.status !== "completed") {
      return NextResponse.json({ error: `Run ended as ${run.status}` }, { status: 500 });
    }
    return NextResponse.json({ reply: run.output_text ?? "" });
  } catch (e) {
    return NextResponse.json({ error: (e as Error).message }, { status: 500 });
  }
}
