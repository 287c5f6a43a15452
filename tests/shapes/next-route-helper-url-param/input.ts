import { NextResponse } from "next/server";

async function postJson(url: string, body: unknown) {
  const res = await fetch(url, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "OpenAI-Beta": "workflows=v1",
    },
    body: JSON.stringify(body),
  });
  if (!res.ok) {
    throw new Error(`${url} -> ${res.status}`);
  }
  return res.json();
}

export async function POST(req: Request) {
  const { message } = await req.json();
  try {
    const data = await postJson(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
      input: { message },
    });
    return NextResponse.json({ reply: data.output_text ?? data.output?.text ?? "" });
  } catch (err) {
    console.error(err);
    return NextResponse.json({ error: "unavailable" }, { status: 503 });
  }
}
