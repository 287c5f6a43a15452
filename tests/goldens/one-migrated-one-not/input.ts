export async function first(config: Config, threadMessages: Message[]) {
  const response = await fetch('https://api.openai.com/v1/threads/runs', {
    method: 'POST',
    headers: { Authorization: `Bearer ${config.apiKey}`, 'OpenAI-Beta': 'assistants=v2' },
    body: JSON.stringify({ assistant_id: config.workflowId, thread: { messages: threadMessages } })
  });
  return response.json();
}

export async function second(config: Config, userMessage: string) {
  let text = '';
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
  text = data.output?.message || data.output || '';
  return text;
}
