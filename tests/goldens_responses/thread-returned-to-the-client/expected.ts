import OpenAI from 'openai'

const openai = new OpenAI()

export async function start(question: string) {
  const conversation = await openai.conversations.create()
  const response = await openai.responses.create({
    model: 'gpt-6-luna',
    conversation: conversation.id,
    input: question
  })
  if (response.status !== 'completed') throw new Error(response.status)
  return { threadId: conversation.id, answer: response.output_text || null }
}
