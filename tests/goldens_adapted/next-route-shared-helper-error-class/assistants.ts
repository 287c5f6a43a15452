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
      ...(url === 'https://api.openai.com/v1/threads/runs' ? { 'OpenAI-Beta': 'assistants=v2' } : {}),
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
    const run = await workflowAnswer(openai('https://api.openai.com/v1/threads/runs', {
      assistant_id: process.env.WORKFLOW_ID,
      thread: { messages: [{ role: 'user', content: review }] },
    }), { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'OpenAI-Beta': 'assistants=v2' })
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

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(
  asked: PromiseLike<any>,
  runHeaders: Record<string, string>
): Promise<any> {
  let run = await asked
  if (!run?.id) {
    throw new Error(`Assistants API error: ${run?.error?.message || 'no run was started'}`)
  }
  const threadUrl = `https://api.openai.com/v1/threads/${run.thread_id}`
  const runUrl = `${threadUrl}/runs/${run.id}`
  const maxSeconds = 30
  const deadline = Date.now() + maxSeconds * 1000
  const ended = ['completed', 'failed', 'cancelled', 'incomplete', 'expired', 'requires_action']
  let failed = ''
  for (let delay = 500; !ended.includes(run.status) && !failed; delay = Math.min(delay * 1.5, 5000)) {
    if (Date.now() >= deadline) {
      await fetch(`${runUrl}/cancel`, { method: 'POST', headers: runHeaders }).catch(() => {})
      failed = `gave up after ${maxSeconds} seconds`
    } else {
      await new Promise(resolve => setTimeout(resolve, delay))
      const polled = await fetch(runUrl, { headers: runHeaders })
      if (!polled.ok) {
        throw new Error(`Assistants API error ${polled.status}: ${await polled.text()}`)
      }
      run = await polled.json()
    }
  }
  let text = ''
  if (run.status === 'completed') {
    const messagesUrl = `${threadUrl}/messages?run_id=${run.id}&order=asc&limit=100`
    const listed = await fetch(messagesUrl, { headers: runHeaders })
    if (!listed.ok) {
      throw new Error(`Assistants API error ${listed.status}: ${await listed.text()}`)
    }
    const messages = await listed.json()
    const parts = []
    for (const message of messages.data) {
      parts.push(...(message.role === 'assistant' ? message.content : []))
    }
    const refused = parts.find(part => part.type === 'refusal')
    failed = refused ? `refused: ${refused.refusal}` : ''
    text = parts.filter(part => part.type === 'text').map(part => part.text.value).join('\n\n')
  } else {
    failed = failed || run.last_error?.message || run.incomplete_details?.reason || run.status
  }
  if (failed || !text) {
    throw new Error(`Assistant run ${run.status}: ${failed || 'no text'}`)
  }
  return { output_text: text, id: run.id, status: 'completed' }
}
