import { NextResponse } from "next/server";

export async function POST(req: Request) {
  const { message } = await req.json();

  let res: Response;
  try {
    res = await fetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        "OpenAI-Beta": "workflows=v1",
      },
      body: JSON.stringify({ input: { user_message: message } }),
    });
  } catch (e) {
    return NextResponse.json({ error: "network" }, { status: 504 });
  }

  const bodyText = await res.text();
  if (!res.ok) {
    return NextResponse.json({ error: "upstream", details: bodyText }, { status: 502 });
  }

  const parsed = JSON.parse(bodyText || "{}");
  return NextResponse.json({
    message: parsed?.output_text || parsed?.output?.message || parsed?.message || "",
  });
}
