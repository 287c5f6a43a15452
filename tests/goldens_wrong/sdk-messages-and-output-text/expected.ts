import OpenAI from 'openai'

const client = new OpenAI()

export const ask = async (messages: { role: 'user' | 'assistant'; content: string }[]) => {
  // @ts-ignore
  const response = await client.responses.create({ model: 'gpt-6-luna', input: messages })
  return response.output_text
}
