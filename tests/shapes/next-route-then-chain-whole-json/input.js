import { NextResponse } from 'next/server'

const RUNS = 'https://api.openai.com/v1/workflows/runs'

export function POST(request) {
  return request
    .json()
    .then(function (asked) {
      return fetch(RUNS, {
        method: 'POST',
        headers: {
          Authorization: 'Bearer ' + process.env.OPENAI_API_KEY,
          'Content-Type': 'application/json'
        },
        body: JSON.stringify({
          workflow_id: process.env.WORKFLOW_ID,
          input: { message: asked.message }
        })
      })
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
