import { getConfig } from './config';

export async function send(
  useWorkflow: boolean,
  fieldLabel: string,
  currentValue: string,
  userMessage: string,
  messages: { role: string; content: string }[]
): Promise<string> {
  const config = getConfig();
  let response: Response;
  let assistantMessage = '';

  if (useWorkflow) {
    // ASSISTANTS MODE: Use OpenAI Assistants API
    // Build thread messages with conversation history
    const threadMessages = [
      ...messages.map(m => ({
        role: m.role as 'user' | 'assistant',
        content: m.content
      })),
      {
        role: 'user' as const,
        content: `Field: ${fieldLabel}\nCurrent Value: ${currentValue || '(empty)'}\n\nUser Request: ${userMessage}`
      }
    ];

    console.log('[Assistants API] Creating thread and running assistant:', config.workflowId);

    // Create thread and run assistant in one request
    response = await fetch('https://api.openai.com/v1/threads/runs', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Authorization': `Bearer ${config.apiKey}`,
        'OpenAI-Beta': 'assistants=v2'
      },
      body: JSON.stringify({
        assistant_id: config.workflowId,
        thread: {
          messages: threadMessages
        }
      })
    });
  }

  if (!response.ok) {
    throw new Error(`API error: ${response.status}`);
  }

  const data = await response.json();

  if (useWorkflow) {
    // Workflow response format
    assistantMessage = data.output?.message || data.output || '';
    if (!assistantMessage) {
      console.error('[ChatKit] Workflow response:', data);
      throw new Error('No response received from workflow');
    }
  }

  return assistantMessage;
}
