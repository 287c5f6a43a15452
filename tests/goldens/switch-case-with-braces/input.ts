export async function send(config: Config, mode: Mode, userMessage: string) {
  let assistantMessage = '';
  switch (mode) {
    case 'chat': {
      assistantMessage = await chat(userMessage);
      break;
    }
    case 'workflow': {
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
      const data = await response.json();
      assistantMessage = data.output?.message || data.output || '';
      if (!assistantMessage) {
        console.error('[ChatKit] Workflow response:', data);
        throw new Error('No response received from workflow');
      }
      break;
    }
  }
  return assistantMessage;
}
