import { Hono } from 'hono'

type Env = { Bindings: { OPENAI_API_KEY: string; WORKFLOW_ID: string } }

const chat = new Hono<Env>()

chat.post('/chat', async (c) => {
  const { message } = await c.req.json<{ message: string }>()
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: { authorization: `Bearer ${c.env.OPENAI_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ workflow_id: c.env.WORKFLOW_ID, input: { message } }),
  })
  if (!res.ok) {
    const failure = await res.json<{ error?: { message?: string } }>().catch(() => null)
    return c.json({ error: failure?.error?.message ?? 'workflow failed' }, 502)
  }
  const run = await res.json<any>()
  return c.json({ reply: run.output_text })
})

export default chat
