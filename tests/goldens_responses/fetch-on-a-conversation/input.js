const API = 'https://api.openai.com/v1'

async function reply(req, res) {
  const { message } = req.body
  let { threadId } = req.session
  if (!threadId) {
    const created = await fetch(API + '/threads', { method: 'POST', headers: headers() })
    threadId = (await created.json()).id
    req.session.threadId = threadId
  }
  await fetch(API + '/threads/' + threadId + '/messages', {
    method: 'POST',
    headers: headers(),
    body: JSON.stringify({ role: 'user', content: message })
  })
  const started = await fetch(API + '/threads/' + threadId + '/runs', {
    method: 'POST',
    headers: headers(),
    body: JSON.stringify({ assistant_id: 'asst_abc' })
  })
  let run = await started.json()
  while (run.status === 'queued' || run.status === 'in_progress') {
    await wait(500)
    const polled = await fetch(API + '/threads/' + threadId + '/runs/' + run.id, { headers: headers() })
    run = await polled.json()
  }
  if (run.status !== 'completed') {
    return res.status(502).json({ error: run.last_error?.message })
  }
  const listed = await fetch(API + '/threads/' + threadId + '/messages', { headers: headers() })
  const { data } = await listed.json()
  res.json({ reply: data[0]?.content[0]?.text?.value ?? '' })
}

function headers() {
  return { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'Content-Type': 'application/json', 'OpenAI-Beta': 'assistants=v2' }
}

app.post('/reply', reply)
