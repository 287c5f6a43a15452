export async function send(config: Config, messages: Message[], userMessage: string) {
  let text = '';
  const contextualMessage = `Request: ${userMessage}`, conversationHistory = messages.map(m => ({ role: m.role, content: m.content }));
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${config.apiKey}`
    },
    body: JSON.stringify({
      workflow_id: config.workflowId,
      input: {
        message: contextualMessage,
        conversation_history: conversationHistory
      }
    })
  });
  const data = await response.json();
  text = data.output?.message || data.output || '';
  return text;
}
