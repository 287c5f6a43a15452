import ky from 'ky'

async function openai<T>(path: string, json: object): Promise<T> {
  return ky
    .post(`https://api.openai.com/v1/${path}`, {
      json,
      timeout: 60_000,
      headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
    })
    .json<T>()
}

export const embed = (input: string) =>
  openai<{ data: { embedding: number[] }[] }>('embeddings', { model: 'text-embedding-3-small', input })

export async function ask(message: string) {
  const run = await workflowAnswer(openai<{ output_text?: string }>('responses', {
    model: 'gpt-6-luna',
    input: message,
  }))
  return run.output_text ?? ''
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
