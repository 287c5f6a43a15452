export async function send(config: Config, useWorkflow: boolean, messages: Message[], userMessage: string) {
  let assistantMessage = '';
  if (useWorkflow) {
    const contextualMessage = `User Request: ${userMessage}`;
    const started = Date.now;
    console.log('asking', userMessage);
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
    });
    const data = await response.json();
    assistantMessage = data.output?.message || data.output || '';
    console.log(started);
  }
  return assistantMessage;
}
