const express = require('express')
const OpenAI = require('openai')

const app = express()
app.use(express.json())

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY })
const WORKFLOW_ID = process.env.WORKFLOW_ID

app.post('/hooks/ticket', async (req, res) => {
  const { subject } = req.body
  if (!subject) {
    return res.status(422).json({ error: 'subject is missing' })
  }

  try {
    const started = await openai.beta.workflows.runs.create(WORKFLOW_ID, {
      input: { input_as_text: subject },
    })

    let run = started
    while (run.status === 'queued' || run.status === 'in_progress') {
      await new Promise((resolve) => setTimeout(resolve, 500))
      run = await openai.beta.workflows.runs.retrieve(WORKFLOW_ID, started.id)
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
