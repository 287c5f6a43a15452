export async function send(config: Config, history: Turn[], userMessage: string) {
  const response = await fetch(
    'https://api.openai.com/v1/workflows/runs',
    {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${config.apiKey}`,
      },
      body: JSON.stringify({
        workflow_id: config.workflowId,
        input: {
          message: userMessage,
          conversation_history: history.map((turn) => ({
            role: turn.role,
            content: turn.content,
          })),
        },
      }),
    },
  );
  const data = await response.json();
  const text = data.output?.message || data.output || '';
  return text;
}
