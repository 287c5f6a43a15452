export async function send(config: Config, field: string, value: string, text: string) {
  let assistantMessage = '';
  // Include field context in the user message for workflow
  const contextualMessage = `Field: ${field}\nCurrent Value: ${value || '(empty)'}\n\nUser Request: ${text}`;

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
  // Workflow response format
  assistantMessage = data.output?.message || data.output || '';
  if (!assistantMessage) {
    console.error('[ChatKit] Workflow response:', data);
    throw new Error('No response received from workflow');
  }
  return assistantMessage;
}
