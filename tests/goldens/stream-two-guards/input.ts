export async function send(config: Config, online: boolean, useWorkflow: boolean, userMessage: string) {
  let response: Response;
  let assistantMessage = '';
  if (online) {
    if (useWorkflow) {
      response = await fetch('https://api.openai.com/v1/workflows/runs', {
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
    } else {
      response = await chat(userMessage);
    }
  } else {
    return 'offline';
  }
  const data = await response.json();
  if (online) {
    if (useWorkflow) {
      assistantMessage = data.output?.message || data.output || '';
    }
  }
  return assistantMessage;
}
