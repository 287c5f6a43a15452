export async function send(config: Config, useChat: boolean, userMessage: string) {
  let response: Response;
  let assistantMessage = '';

  if (useChat) {
    response = await chat(userMessage);
  } else {
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
  }

  const data = await response.json();

  if (useChat) {
    assistantMessage = data.choices[0].message.content;
  } else {
    assistantMessage = data.output?.message || data.output || '';
    if (!assistantMessage) {
      console.error('[ChatKit] Workflow response:', data);
      throw new Error('No response received from workflow');
    }
  }

  return assistantMessage;
}
