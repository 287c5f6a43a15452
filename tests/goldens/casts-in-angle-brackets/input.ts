export async function send(config: Config, history: unknown, userMessage: unknown): Promise<string> {
  let text = '';
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${(<Config>config).apiKey}`
    },
    body: JSON.stringify({
      workflow_id: config.workflowId,
      input: {
        message: <string>userMessage,
        conversation_history: (<Turn[]>history).map(m => ({ role: <"user">m.role, content: m.content }))
      }
    })
  });
  const data = <any>await response.json();
  text = data.output?.message || data.output || '';
  return text;
}
