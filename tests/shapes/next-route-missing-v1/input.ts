import { NextResponse } from "next/server"

export async function POST(req: Request) {
  const { message } = await req.json()
  const res = await fetch("https://api.openai.com/workflows/runs", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "Authorization": `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({
      workflow_id: process.env.WORKFLOW_ID,
      input: { message },
    }),
  })
  if (!res.ok) {
    return NextResponse.json({ error: "failed" }, { status: res.status })
  }
  const data = await res.json()
  return NextResponse.json({ text: data.output_text })
}
