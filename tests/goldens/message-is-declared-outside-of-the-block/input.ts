export async function send(config: Config, useWorkflow: boolean, userMessage: string) {
  let assistantMessage = '';
  const contextualMessage = `User Request: ${userMessage}`;
  const conversationHistory = [{ role: 'user', content: 'Hello' }];
  if (useWorkflow) {
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
    assistantMessage = data.output?.message || data.output || '';
  }
  return assistantMessage;
}
