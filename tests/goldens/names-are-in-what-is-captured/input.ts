export async function send(status: Settings, messages: Message[], runId: string) {
  let text = '';
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${status.apiKey}`
    },
    body: JSON.stringify({
      workflow_id: status.workflowId,
      input: {
        message: `${runId}`,
        conversation_history: messages.map(threadMessages => ({ role: 'user', content: threadMessages.text }))
      }
    })
  });
  const data = await response.json();
  text = data.output?.message || data.output || '';
  return text;
}
