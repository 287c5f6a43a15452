const API = 'https://api.openai.com/v1'

async function reply(req, res) {
  const { message } = req.body
  let { threadId } = req.session
  if (!threadId) {
    const created = await fetch(API + '/conversations', { method: 'POST', headers: headers() })
    threadId = (await created.json()).id
    req.session.threadId = threadId
  }
  // Stored thread_... ids ended with the Assistants API; a conversation has an id of its own.
  const started = await fetch(API + '/responses', {
    method: 'POST',
    headers: headers(),
    body: JSON.stringify({
      model: 'gpt-6-luna',
      conversation: threadId,
      input: message
    })
  })
  const response = await started.json()
  if (response.status !== 'completed') {
    return res.status(502).json({ error: response.error?.message })
  }
  let answerText = ''
  let finalText = ''
  for (const item of response.output) {
    for (const part of item.type === 'message' ? item.content : []) {
      if (part.type === 'refusal') {
        throw new Error(`The model refused: ${part.refusal}`)
      } else if (part.type === 'output_text') {
        answerText += part.text
        finalText += item.phase === 'final_answer' ? part.text : ''
      }
    }
  }
  answerText = finalText || answerText
  res.json({ reply: answerText || '' })
}

function headers() {
  return { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'Content-Type': 'application/json' }
}

app.post('/reply', reply)
