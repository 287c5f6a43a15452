const OPENAI = 'https://api.openai.com/v1'
const headers = {
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  'Content-Type': 'application/json',
}

async function post(path: string, body: unknown) {
  const res = await fetch(OPENAI + path, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!res.ok) throw new Error(`POST ${path}: ${res.status}`)
  return res.json()
}

async function get(path: string) {
  const res = await fetch(OPENAI + path, { headers })
  if (!res.ok) throw new Error(`GET ${path}: ${res.status}`)
  return res.json()
}

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

export async function ask(question: string) {
  const started = await workflowAnswer(post('/responses', {
    model: 'gpt-6-luna',
    input: question,
  }))

  for (let attempt = 0; attempt < 60; attempt++) {
    const run = await workflowAnswer(get(`/responses/${started.id}`))
    if (run.status === 'completed') return run.output_text
    if (run.status === 'failed') throw new Error('The workflow failed')
    await sleep(1000)
  }
  throw new Error('The workflow took too long')
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
