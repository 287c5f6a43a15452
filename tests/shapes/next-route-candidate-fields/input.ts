import { NextResponse } from "next/server";

export async function POST(req: Request) {
  const { message } = await req.json();

  const res = await fetch(`https://api.openai.com/v1/workflows/${process.env.OPENAI_WORKFLOW_ID}/runs`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "OpenAI-Beta": "workflows=v2",
    },
    body: JSON.stringify({ input: { input_as_text: message } }),
  });

  const raw = await res.text();
  let data: any = null;
  try {
    data = JSON.parse(raw);
  } catch (e) {
    console.error("Not JSON:", raw.slice(0, 200));
  }

  if (!res.ok) {
    return NextResponse.json({ error: data?.error?.message ?? raw }, { status: res.status });
  }

  const candidates = [
    data?.output_text,
    data?.result?.text,
    data?.output?.[0]?.content?.[0]?.text,
    data?.response?.text,
  ];
  const text = candidates.find((c) => typeof c === "string" && c.length > 0);

  if (!text) {
    return NextResponse.json({ error: "No text in the workflow's answer" }, { status: 502 });
  }
  return NextResponse.json({ text });
}
