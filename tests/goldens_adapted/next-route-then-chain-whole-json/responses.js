import { NextResponse } from 'next/server'

export function POST(request) {
  return request
    .json()
    .then(function (asked) {
      return workflowAnswer(fetch('https://api.openai.com/v1/responses', {
        method: 'POST',
        headers: {
          Authorization: 'Bearer ' + process.env.OPENAI_API_KEY,
          'Content-Type': 'application/json'
        },
        body: JSON.stringify({
          model: 'gpt-6-luna',
          input: asked.message
        })
      }))
    })
    .then(function (r) { return r.json() })
    .then(function (run) {
      console.log('run', run.id)
      return NextResponse.json(run)
    })
    .catch(function (e) {
      return NextResponse.json({ error: String(e) }, { status: 500 })
    })
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
// The file would show an error for an answer, so what is no answer is thrown.
async function workflowAnswer(asked) {
  const live = await asked
  if (!live.ok) {
    throw new Error(`Responses API error ${live.status}: ${await live.text()}`)
  }
  const answered = await live.json()
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
  const headers = { 'Content-Type': 'application/json' }
  const body = JSON.stringify({ output_text: text, output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }], id: answered.id, status: 'completed' })
  return new Response(body, { status: live.status, headers })
}
