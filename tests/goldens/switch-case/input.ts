export async function send(config: Config, mode: Mode, userMessage: string) {
  let response: Response;
  let assistantMessage = '';

  switch (mode) {
    case 'workflow':
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
      break;
    default:
      response = await chat(userMessage);
  }

  const data = await response.json();

  switch (mode) {
    case 'workflow':
      assistantMessage = data.output?.message || data.output || '';
      if (!assistantMessage) {
        console.error('[ChatKit] Workflow response:', data);
        throw new Error('No response received from workflow');
      }
      break;
    default:
      assistantMessage = data.choices[0].message.content;
  }

  return assistantMessage;
}
