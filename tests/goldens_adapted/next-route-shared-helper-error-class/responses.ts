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
    const run = await workflowAnswer(openai('https://api.openai.com/v1/responses', {
      model: 'gpt-6-luna',
      input: review,
    }))
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

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked: PromiseLike<any>): Promise<any> {
  const answered = await asked
  let text = ''
  let finalText = ''
  let refusal = ''
  for (const item of answered.output || []) {
    for (const part of item.type === 'message' ? item.content : []) {
      refusal += part.refusal || ''
      text += part.type === 'output_text' ? part.text : ''
      finalText += part.type === 'output_text' && item.phase === 'final_answer' ? part.text : ''
    }
  }
  text = finalText || text
  if (answered.status !== 'completed' || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal
    throw new Error(`Response ${answered.status}: ${reason || 'no text'}`)
  }
  return { output_text: text, id: answered.id, status: 'completed' }
}
