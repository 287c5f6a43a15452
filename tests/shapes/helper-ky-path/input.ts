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
  const run = await openai<{ output_text?: string }>('workflows/runs', {
    workflow_id: 'wf_123',
    input: { message },
  })
  return run.output_text ?? ''
}
