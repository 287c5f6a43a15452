import { NextResponse } from "next/server";

const WORKFLOW = process.env.OPENAI_WORKFLOW_ID!;
const VERSION = process.env.OPENAI_WORKFLOW_VERSION || "1";

export async function POST(req: Request) {
  const { message } = await req.json();
  const url = `https://api.openai.com/v1/workflows/${encodeURIComponent(WORKFLOW)}/runs?version=${VERSION}`;

  const r = await fetch(url, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: "Bearer " + process.env.OPENAI_API_KEY,
      "OpenAI-Beta": "workflows=v1",
    },
    body: JSON.stringify({ input: { message } }),
  });

  if (!r.ok) return NextResponse.json({ error: `upstream ${r.status}` }, { status: 502 });
  const j = await r.json();
  return NextResponse.json({ output: j.output });
}
