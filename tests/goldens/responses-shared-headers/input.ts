export async function send(config: Config, useWorkflow: boolean, userMessage: string) {
  const headers = {
    'Content-Type': 'application/json',
    Authorization: `Bearer ${config.apiKey}`
  };
  let response: Response;
  let assistantMessage = '';
  if (useWorkflow) {
    response = await fetch('https://api.openai.com/v1/workflows/runs', {
      method: 'POST',
      headers,
      body: JSON.stringify({
        workflow_id: config.workflowId,
        input: {
          message: userMessage
        }
      })
    });
  } else {
    response = await fetch('https://api.openai.com/v1/chat/completions', {
      method: 'POST',
      headers: headers,
      body: JSON.stringify({ model: config.model, messages: [{ role: 'user', content: userMessage }] })
    });
  }
  const data = await response.json();
  if (useWorkflow) {
    assistantMessage = data.output?.message || data.output || '';
  } else {
    assistantMessage = data.choices[0].message.content;
  }
  return assistantMessage;
}
