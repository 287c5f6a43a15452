import OpenAI from 'openai'

const openai = new OpenAI()

export async function start(question: string) {
  const thread = await openai.beta.threads.create()
  await openai.beta.threads.messages.create(thread.id, { role: 'user', content: question })
  const run = await openai.beta.threads.runs.createAndPoll(thread.id, { assistant_id: 'asst_abc' })
  if (run.status !== 'completed') throw new Error(run.status)
  const messages = await openai.beta.threads.messages.list(thread.id)
  const [first] = messages.data
  return { threadId: thread.id, answer: first.content[0].type === 'text' ? first.content[0].text.value : null }
}
