export async function send(config: Config, useWorkflow: boolean, userMessage: string) {
  let response: Response;
  let assistantMessage = '';

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

  const data = await response.json();

  if (useWorkflow) {
    assistantMessage = data.output?.message || data.output || '';
    if (!assistantMessage) {
      console.error('[ChatKit] Workflow response:', data);
      throw new Error('No response received from workflow');
    }
  } else {
    assistantMessage = data.choices[0].message.content;
  }

  return assistantMessage;
}
