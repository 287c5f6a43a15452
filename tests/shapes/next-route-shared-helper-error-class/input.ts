import { NextResponse } from 'next/server'

class UpstreamError extends Error {
  constructor(
    readonly status: number,
    readonly details: unknown,
  ) {
    super(`OpenAI answered ${status}`)
  }
}

async function openai<T = any>(url: string, payload: object): Promise<T> {
  const res = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify(payload),
  })
  const json = await res.json().catch(() => null)
  if (!res.ok) throw new UpstreamError(res.status, json)
  return json as T
}

export async function POST(req: Request) {
  const { review } = (await req.json()) as { review: string }
  try {
    const titled = await openai<{ choices: { message: { content: string } }[] }>(
      'https://api.openai.com/v1/chat/completions',
      { model: 'gpt-4.1-mini', messages: [{ role: 'user', content: `A title for: ${review}` }] },
    )
    const run = await openai(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
      input: { input_as_text: review },
    })
    return NextResponse.json({
      title: titled.choices[0].message.content,
      draft: run.output_text ?? run.output?.output_text ?? null,
    })
  } catch (e) {
    if (e instanceof UpstreamError) {
      return NextResponse.json({ error: e.details }, { status: e.status })
    }
    throw e
  }
}
