export async function send(config: Config, userMessage: string) {
  let response: Response;
  let assistantMessage = '';

  try {
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
  } catch (error) {
    throw new Error('No connection', { cause: error });
  }

  try {
    const data = await response.json();
    assistantMessage = data.output?.message || data.output || '';
    if (!assistantMessage) {
      console.error('[ChatKit] Workflow response:', data);
      throw new Error('No response received from workflow');
    }
  } catch (error) {
    console.error(error);
  } finally {
    done();
  }

  return assistantMessage;
}
