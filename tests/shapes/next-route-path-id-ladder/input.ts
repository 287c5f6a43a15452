import { NextResponse } from "next/server";

const WORKFLOW_ID = process.env.OPENAI_WORKFLOW_ID!;

export async function POST(req: Request) {
  try {
    const { message } = await req.json();

    if (!message) {
      return NextResponse.json({ error: "Message is required" }, { status: 400 });
    }

    const response = await fetch(
      `https://api.openai.com/v1/workflows/${WORKFLOW_ID}/runs`,
      {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
          "OpenAI-Beta": "workflows=v1",
        },
        body: JSON.stringify({
          input: { message },
        }),
      }
    );

    if (!response.ok) {
      const errorText = await response.text();
      console.error("Workflow error:", errorText);
      return NextResponse.json(
        { error: "Workflow request failed" },
        { status: response.status }
      );
    }

    const data = await response.json();

    const reply =
      data.output_text ||
      data.output?.[0]?.content?.[0]?.text ||
      data.result?.output ||
      "No response";

    return NextResponse.json({ reply });
  } catch (error) {
    console.error(error);
    return NextResponse.json({ error: "Internal server error" }, { status: 500 });
  }
}
