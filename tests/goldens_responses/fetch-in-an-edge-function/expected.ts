const openAIApiKey = Deno.env.get('OPENAI_API_KEY')

Deno.serve(async (req) => {
  try {
    const { message, threadId } = await req.json()

    let currentThreadId = threadId
    if (!currentThreadId) {
      const threadResponse = await fetch('https://api.openai.com/v1/conversations', {
        method: 'POST',
        headers: {
          'Authorization': `Bearer ${openAIApiKey}`,
          'Content-Type': 'application/json'
        }
      })
      if (!threadResponse.ok) {
        throw new Error(`Failed to create thread: ${await threadResponse.text()}`)
      }
      const conversation = await threadResponse.json()
      currentThreadId = conversation.id
    }

    // Stored thread_... ids ended with the Assistants API; a conversation has an id of its own.
    const runResponse = await fetch('https://api.openai.com/v1/responses', {
      method: 'POST',
      headers: {
        'Authorization': `Bearer ${openAIApiKey}`,
        'Content-Type': 'application/json'
      },
      body: JSON.stringify({
        model: 'gpt-6-luna',
        conversation: currentThreadId,
        input: message
      })
    })
    if (!runResponse.ok) {
      throw new Error('Failed to run assistant')
    }
    const response = await runResponse.json()

    if (response.status === 'failed' || response.status === 'cancelled') {
      throw new Error(`Run failed with status: ${response.status}`)
    }

    if (response.status !== 'completed') {
      throw new Error(`OpenAI response ${response.status}: ${response.error?.message ?? response.incomplete_details?.reason ?? 'no reason given'}`)
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
    const reply = answerText || 'No response'

    return new Response(JSON.stringify({ reply, threadId: currentThreadId }), {
      headers: { 'Content-Type': 'application/json' },
    })
  } catch (error) {
    return new Response(JSON.stringify({ error: error.message }), { status: 500 })
  }
})
