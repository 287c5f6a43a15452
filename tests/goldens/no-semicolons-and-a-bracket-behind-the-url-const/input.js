async function send(config, userMessage) {
  let text = ''
  const url = 'https://api.openai.com/v1/workflows/runs'
  ;["a", userMessage].forEach(track)
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${config.apiKey}`
    },
    body: JSON.stringify({
      workflow_id: config.workflowId,
      input: {
        message: userMessage
      }
    })
  })
  const data = await response.json()
  text = data.output?.message || data.output || ''
  return text
}
