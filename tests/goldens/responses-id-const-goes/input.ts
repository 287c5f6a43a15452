const WORKFLOW = 'wf_abc';

export async function send(config: Config, messages: Message[], userMessage: string): Promise<string> {
  let assistantMessage = '';

  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${config.apiKey}`
    },
    body: JSON.stringify({
      workflow_id: WORKFLOW,
      input: {
        message: userMessage,
        conversation_history: messages.map(m => ({ role: m.role, content: m.content }))
      }
    })
  });

  const data = await response.json();

  assistantMessage = data.output?.message || data.output || '';
  if (!assistantMessage) {
    console.error('[ChatKit] Workflow response:', data);
    throw new Error('No response received from workflow');
  }

  return assistantMessage;
}
