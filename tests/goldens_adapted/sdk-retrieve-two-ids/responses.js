const express = require('express')
const OpenAI = require('openai')

const app = express()
app.use(express.json())

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY })

app.post('/hooks/ticket', async (req, res) => {
  const { subject } = req.body
  if (!subject) {
    return res.status(422).json({ error: 'subject is missing' })
  }

  try {
    const started = await workflowAnswer(openai.responses.create({
      model: 'gpt-6-luna',
      input: subject,
    }))

    let run = started
    while (run.status === 'queued' || run.status === 'in_progress') {
      await new Promise((resolve) => setTimeout(resolve, 500))
      run = await workflowAnswer(openai.responses.retrieve(started.id))
    }

    if (run.status !== 'completed') {
      throw new Error(`the run ended as ${run.status}`)
    }
    res.json({ reply: run.output_text || '' })
  } catch (err) {
    console.error('ticket hook:', err.message)
    res.status(500).json({ error: 'no reply' })
  }
})

app.listen(process.env.PORT || 8080)

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked) {
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
