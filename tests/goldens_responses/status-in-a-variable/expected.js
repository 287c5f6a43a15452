import OpenAI from 'openai'

const openai = new OpenAI()

export const ask = async (question, instructions) => {
  const response = await openai.responses.create({
    model: 'gpt-6-luna',
    instructions,
    input: question
  })
  if (response.status === 'failed') {
    return { error: response.error }
  }
  if (response.status !== 'completed') {
    throw new Error(`OpenAI response ${response.status}: ${response.error?.message ?? response.incomplete_details?.reason ?? 'no reason given'}`)
  }
  const answer = response.output_text || 'nothing'
  return { answer }
}
