export async function send(config: Config, messages: Message[], userMessage: string) {
  let text = ''
  const contextualMessage = `User Request: ${userMessage}`
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${config.apiKey}`
    },
    body: JSON.stringify({
      workflow_id: config.workflowId,
      input: {
        message: contextualMessage
      }
    })
  })
  const data = await response.json()
  text = data.output?.message || data.output || ''
  if (!text) {
    console.error('[ChatKit] Workflow response:', data)
    throw new Error('No response received from workflow')
  }
  return text
}
