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
    // WORKFLOW MODE: Use ChatKit Workflows API
    // Include field context in the user message for workflow
    const contextualMessage = `Field: ${fieldLabel}\\nCurrent Value: ${currentValue || '(empty)'}\\n\\nUser Request: ${userMessage}`;
    
    // Build conversation history for workflow
    const conversationHistory = messages.map(m => ({
      role: m.role as 'user' | 'assistant',
      content: m.content
    }));
    
    response = await fetch('https://api.openai.com/v1/workflows/runs', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Authorization': `Bearer ${config.apiKey}`
      },
      body: JSON.stringify({
        workflow_id: config.workflowId,
        input: {
          message: contextualMessage,
          conversation_history: conversationHistory
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
