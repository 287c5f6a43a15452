export async function send(config: Config, messages: Message[], userMessage: string) {
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${config.apiKey}`
    },
    body: JSON.stringify({
      workflow_id: config.workflowId,
      input: {
        // what the person typed
        message: userMessage,
        // and what was said before
        conversation_history: messages.map(m => ({ role: m.role, content: m.content }))
      }
    })
  });
  const data = await response.json();
  const text = data.output?.message || data.output || '';
  return text;
}
