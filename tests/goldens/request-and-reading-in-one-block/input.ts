export async function send(config: Config, useWorkflow: boolean, userMessage: string) {
  let assistantMessage = '';
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
          message: userMessage
        }
      })
    });
    if (!response.ok) {
      throw new Error('failed');
    }
    const data = await response.json();
    assistantMessage = data.output?.message || data.output || '';
  } else {
    assistantMessage = await chat(userMessage);
  }
  return assistantMessage;
}
