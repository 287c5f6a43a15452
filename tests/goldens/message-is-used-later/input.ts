export async function send(config: Config, useWorkflow: boolean, messages: Message[], userMessage: string) {
  let assistantMessage = '';
  if (useWorkflow) {
    // WORKFLOW MODE: Use ChatKit Workflows API
    // Include field context in the user message for workflow
    const contextualMessage = `User Request:\\n${userMessage}`;

    // Build conversation history for workflow
    const conversationHistory = messages.map(m => ({
      role: m.role,
      content: m.content
    }));

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
    remember(contextualMessage);
    const data = await response.json();
    assistantMessage = data.output?.message || data.output || '';
  }
  return assistantMessage;
}
