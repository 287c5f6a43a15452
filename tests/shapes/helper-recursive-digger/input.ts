import { NextRequest, NextResponse } from "next/server";

function findText(value: unknown): string | null {
  if (!value) return null;
  if (typeof value === "string") return value;
  if (Array.isArray(value)) {
    for (const item of value) {
      const found = findText(item);
      if (found) return found;
    }
    return null;
  }
  if (typeof value === "object") {
    const record = value as Record<string, unknown>;
    for (const key of ["output_text", "text", "content", "message", "output"]) {
      const found = findText(record[key]);
      if (found) return found;
    }
  }
  return null;
}

export async function POST(req: NextRequest) {
  const { message } = await req.json();
  const res = await fetch(
    `https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`,
    {
      method: "POST",
      headers: {
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        "Content-Type": "application/json",
        "OpenAI-Beta": "workflows=v1",
      },
      body: JSON.stringify({ input: { message } }),
    }
  );

  if (!res.ok) {
    return NextResponse.json({ error: "Agent unavailable" }, { status: 502 });
  }

  const data = await res.json();
  const reply = findText(data) ?? "Sorry, I have nothing to say.";
  return NextResponse.json({ reply });
}
