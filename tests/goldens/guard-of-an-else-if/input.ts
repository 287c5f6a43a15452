export async function send(config: Config, mode: Mode, userMessage: string) {
  let response: Response;
  let assistantMessage = '';

  if (mode === 'chat') {
    response = await chat(userMessage);
  } else if (mode === 'workflow') {
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
    throw new Error(`unknown mode ${mode}`);
  }

  const data = await response.json();

  if (mode === 'chat') {
    assistantMessage = data.choices[0].message.content;
  } else if (mode === 'workflow') {
    assistantMessage = data.output?.message || data.output || '';
  }

  return assistantMessage;
}
