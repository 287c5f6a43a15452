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
    const started = await workflowAnswer(openai.beta.threads.createAndRunPoll({
      assistant_id: WORKFLOW_ID,
      thread: { messages: [{ role: 'user', content: subject }] },
    }, { pollIntervalMs: 1000, signal: AbortSignal.timeout(30000) }), openai)

    let run = started
    while (run.status === 'queued' || run.status === 'in_progress') {
      await new Promise((resolve) => setTimeout(resolve, 500))
      run = await workflowAnswer(openai.get(`/threads/${started.id}`, { headers: { 'OpenAI-Beta': 'assistants=v2' } }), openai)
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

// Takes an ended Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(asked, client) {
  const run = await asked
  let text = ''
  let failed
  if (run.status === 'completed') {
    const listing = { run_id: run.id, order: 'asc', limit: 100 }
    const messages = await client.beta.threads.messages.list(run.thread_id, listing)
    const parts = []
    for (const message of messages.data) {
      parts.push(...(message.role === 'assistant' ? message.content : []))
    }
    const refused = parts.find(part => part.type === 'refusal')
    failed = refused ? `refused: ${refused.refusal}` : ''
    text = parts.filter(part => part.type === 'text').map(part => part.text.value).join('\n\n')
  } else {
    failed = run.last_error?.message || run.incomplete_details?.reason || run.status
  }
  if (failed || !text) {
    throw new Error(`Assistant run ${run.status}: ${failed || 'no text'}`)
  }
  return { output_text: text, id: `${run.thread_id}/runs/${run.id}`, status: 'completed' }
}
