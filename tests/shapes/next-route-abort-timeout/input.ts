import { NextResponse } from "next/server";

export const maxDuration = 60;

export async function POST(req: Request) {
  const { message } = await req.json();
  const controller = new AbortController();
  const timeout = setTimeout(() => controller.abort(), 45_000);

  try {
    const res = await fetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
      method: "POST",
      signal: controller.signal,
      headers: {
        "Content-Type": "application/json",
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        "OpenAI-Beta": "workflows=v1",
      },
      body: JSON.stringify({ input: { message } }),
    });
    if (!res.ok) {
      return NextResponse.json({ error: `OpenAI answered ${res.status}` }, { status: 502 });
    }
    const data = await res.json();
    return NextResponse.json({ reply: data.output_text ?? data.output?.message ?? "" });
  } catch (err: any) {
    if (err.name === "AbortError") {
      return NextResponse.json({ error: "Timed out" }, { status: 504 });
    }
    return NextResponse.json({ error: "Unexpected error" }, { status: 500 });
  } finally {
    clearTimeout(timeout);
  }
}
