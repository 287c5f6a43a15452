import { NextRequest, NextResponse } from "next/server";

const workflowId = process.env.OPENAI_WORKFLOW_ID as string;
const version = "2";

export async function POST(request: NextRequest) {
  const { message } = await request.json();

  const res = await fetch(`https://api.openai.com/v1/workflows/${workflowId}/runs`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "OpenAI-Beta": "workflows=v1",
    },
    body: JSON.stringify({
      version,
      input_data: {
        input: [
          {
            role: "user",
            content: [{ type: "input_text", text: message }],
          },
        ],
      },
    }),
  });

  if (!res.ok) {
    const err = await res.text();
    return new NextResponse(err, { status: res.status });
  }

  const data: any = await res.json();
  const content =
    data?.output?.[0]?.content?.[0]?.text ??
    data?.output_text ??
    data?.result ??
    "Empty response";

  return NextResponse.json({ role: "assistant", content });
}
