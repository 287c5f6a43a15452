import { NextResponse } from 'next/server'

export const runtime = 'nodejs'

export async function POST(req: Request) {
  const { message } = (await req.json()) as { message?: string }
  const apiKey = process.env.OPENAI_API_KEY
  const workflowId = process.env.OPENAI_WORKFLOW_ID
  if (!apiKey || !workflowId) {
    return NextResponse.json({ error: 'Missing configuration' }, { status: 500 })
  }

  const upstream = await fetch(`https://api.openai.com/v1/workflows/${workflowId}/runs`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${apiKey}`,
      'OpenAI-Beta': 'workflows=v1',
      'OpenAI-Project': process.env.OPENAI_PROJECT_ID!,
    },
    body: JSON.stringify({ input: { input_as_text: message } }),
  })

  const raw = await upstream.text()
  if (!upstream.ok) {
    return NextResponse.json({ error: raw }, { status: upstream.status })
  }

  let data: any = {}
  try {
    data = JSON.parse(raw)
  } catch {
    return NextResponse.json({ error: 'Invalid JSON from OpenAI' }, { status: 502 })
  }

  const reply =
    data?.output_text ??
    data?.output?.text ??
    data?.response?.output_text ??
    data?.messages?.[0]?.content ??
    'Sorry, I could not find an answer.'

  return NextResponse.json({ reply })
}
