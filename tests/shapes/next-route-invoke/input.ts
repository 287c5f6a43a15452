import { NextResponse } from "next/server";

export async function POST(req: Request) {
  const body = await req.json();

  const res = await fetch(
    `https://api.openai.com/v1/workflows/${process.env.OPENAI_WORKFLOW_ID}/invoke`,
    {
      method: "POST",
      headers: {
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        "Content-Type": "application/json",
      },
      body: JSON.stringify({ input: body.text }),
    },
  );

  if (!res.ok) {
    throw new Error(`OpenAI workflow failed: ${res.status}`);
  }

  const result = await res.json();
  return NextResponse.json({ text: result.output });
}
