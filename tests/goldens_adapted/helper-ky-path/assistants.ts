import ky from 'ky'

async function openai<T>(path: string, json: object): Promise<T> {
  return ky
    .post(`https://api.openai.com/v1/${path}`, {
      json,
      timeout: 60_000,
      headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, ...(path === 'threads/runs' ? { 'OpenAI-Beta': 'assistants=v2' } : {}) },
    })
    .json<T>()
}

export const embed = (input: string) =>
  openai<{ data: { embedding: number[] }[] }>('embeddings', { model: 'text-embedding-3-small', input })

export async function ask(message: string) {
  const run = await workflowAnswer(openai<{ output_text?: string }>('threads/runs', {
    assistant_id: 'wf_123',
    thread: { messages: [{ role: 'user', content: message }] },
  }), ky, { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'OpenAI-Beta': 'assistants=v2' })
  return run.output_text ?? ''
}

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(
  asked: PromiseLike<any>,
  client: any,
  runHeaders: Record<string, string>
): Promise<any> {
  let run = await asked
  const threadUrl = `https://api.openai.com/v1/threads/${run.thread_id}`
  const runUrl = `${threadUrl}/runs/${run.id}`
  const maxSeconds = 30
  const deadline = Date.now() + maxSeconds * 1000
  const ended = ['completed', 'failed', 'cancelled', 'incomplete', 'expired', 'requires_action']
  let failed = ''
  for (let delay = 500; !ended.includes(run.status) && !failed; delay = Math.min(delay * 1.5, 5000)) {
    if (Date.now() >= deadline) {
      await client.post(`${runUrl}/cancel`, { headers: runHeaders }).catch(() => {})
      failed = `gave up after ${maxSeconds} seconds`
    } else {
      await new Promise(resolve => setTimeout(resolve, delay))
      run = await client.get(runUrl, { headers: runHeaders }).json()
    }
  }
  let text = ''
  if (run.status === 'completed') {
    const messagesUrl = `${threadUrl}/messages?run_id=${run.id}&order=asc&limit=100`
    const messages = await client.get(messagesUrl, { headers: runHeaders }).json()
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
