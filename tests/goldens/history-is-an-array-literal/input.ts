export async function send(config: Config, previous: string, userMessage: string) {
  let text = '';
  const conversationHistory = [
    { role: 'user', content: previous },
    { role: 'assistant', content: 'I see.' }
  ];
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${config.apiKey}`
    },
    body: JSON.stringify({
      workflow_id: config.workflowId,
      input: {
        message: userMessage,
        conversation_history: conversationHistory
      }
    })
  });
  const data = await response.json();
  text = data.output?.message || data.output || '';
  return text;
}
