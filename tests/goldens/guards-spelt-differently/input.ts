export async function send(config: Config, mode: Mode, userMessage: string) {
  let response: Response, assistantMessage = '';
  if ((mode==='workflow')) {
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
  } else response = await chat(userMessage);
  const data = await response.json();
  if (mode === 'workflow')
  {
    assistantMessage = data.output?.message || data.output || '';
  }
  else
  {
    assistantMessage = data.choices[0].message.content;
  }
  return assistantMessage;
}
