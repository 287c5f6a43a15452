import { NextResponse } from 'next/server'

export async function POST(req) {
  const body = await req.json()
  const wf = process.env.OPENAI_WORKFLOW_ID
  const request = {
    input: { message: body.message },
  }
  const res = await fetch('https://api.openai.com/v1/workflows/' + wf + '/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': 'Bearer ' + process.env.OPENAI_API_KEY,
      'OpenAI-Beta': 'workflows=v1'
    },
    body: JSON.stringify(request)
  })
  if (!res.ok) {
    return NextResponse.json({ error: 'workflow error' }, { status: 500 })
  }
  const data = await res.json()
  let reply = '...'
  if (data.output_text) {
    reply = data.output_text
  } else if (Array.isArray(data.output) && data.output.length > 0) {
    reply = data.output[0].text
  }
  return NextResponse.json({ reply })
}
