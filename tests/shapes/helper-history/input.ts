type ChatMessage = { role: 'user' | 'assistant'; content: string };

export async function sendToWorkflow(message: string, history: ChatMessage[]): Promise<string> {
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({
      workflow_id: process.env.WORKFLOW_ID,
      input: {
        message,
        conversation_history: history.map((m) => ({ role: m.role, content: m.content })),
      },
    }),
  });

  if (!response.ok) {
    throw new Error('Failed to reach the workflow');
  }

  const data = await response.json();
  const text = data.output?.message || data.output || '';
  if (!text) {
    throw new Error('No response received from workflow');
  }
  return text;
}
