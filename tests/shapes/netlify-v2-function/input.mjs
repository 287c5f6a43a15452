export default async (req, context) => {
  const { message } = await req.json()

  const res = await fetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'OpenAI-Beta': 'workflows=v1'
    },
    body: JSON.stringify({ input: { message } })
  })

  if (!res.ok) {
    return new Response(JSON.stringify({ error: 'upstream' }), { status: 502 })
  }

  const { output_text } = await res.json()
  return Response.json({ reply: output_text })
}

export const config = { path: '/api/chat' }
