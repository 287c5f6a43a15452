export class Panel {
  private answer = '';

  async submit(fields: Field[]): Promise<void> {
    for (const field of fields) {
      if (field.dirty) {
        try {
          const config = await this.settings();
          let response: Response;
          let assistantMessage = '';
          if (config.workflowId) {
            // WORKFLOW MODE: Use ChatKit Workflows API
            // Include field context in the user message for workflow
            const contextualMessage = `Field: ${field.label}\\nUser Request: ${field.text}`;

            // Build conversation history for workflow
            const conversationHistory = field.messages.map(m => ({
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
          } else {
            response = await this.chat(field);
          }
          const data = await response.json();
          if (config.workflowId) {
            // Workflow response format
            assistantMessage = data.output?.message || data.output || '';
            if (!assistantMessage) {
              console.error('[ChatKit] Workflow response:', data);
              throw new Error('No response received from workflow');
            }
          } else {
            assistantMessage = data.choices[0].message.content;
          }
          this.answer = assistantMessage;
        } catch (error) {
          this.fail(error);
        }
      }
    }
  }
}
