import OpenAI from 'openai'

const openai = new OpenAI()

export const ask = async (question, instructions) => {
  const thread = await openai.beta.threads.create()
  await openai.beta.threads.messages.create(thread.id, { role: 'user', content: question })
  let run = await openai.beta.threads.runs.create(thread.id, { assistant_id: ASSISTANT, instructions })
  let status = run.status
  while (status !== 'completed') {
    await wait(300)
    run = await openai.beta.threads.runs.retrieve(thread.id, run.id)
    status = run.status
    if (status === 'failed') break
  }
  if (status === 'failed') {
    return { error: run.last_error }
  }
  const answer = (await openai.beta.threads.messages.list(thread.id)).data[0]?.content[0]?.text?.value ?? 'nothing'
  return { answer }
}
