const OPENAI = 'https://api.openai.com/v1'
const headers = {
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  'Content-Type': 'application/json',
  'OpenAI-Beta': 'workflows=v1',
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
  const started = await post('/workflows/runs', {
    workflow_id: process.env.OPENAI_WORKFLOW_ID,
    input: { question },
  })

  for (let attempt = 0; attempt < 60; attempt++) {
    const run = await get(`/workflows/runs/${started.id}`)
    if (run.status === 'completed') return run.output_text
    if (run.status === 'failed') throw new Error('The workflow failed')
    await sleep(1000)
  }
  throw new Error('The workflow took too long')
}
