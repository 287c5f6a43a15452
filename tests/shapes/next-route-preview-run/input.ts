import { NextResponse } from "next/server";

export async function POST(req: Request) {
  const { message } = await req.json();
  const response = await fetch(`https://api.openai.com/v1/workflows/${process.env.OPENAI_WORKFLOW_ID}/run`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({ input_data: { input: [{ role: "user", content: message }] } }),
  });
  if (!response.ok) {
    return NextResponse.json({ error: await response.text() }, { status: response.status });
  }
  const data = await response.json();
  return NextResponse.json({ reply: data.output_text ?? data.output ?? "" });
}
