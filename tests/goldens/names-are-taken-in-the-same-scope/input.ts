export async function send(config: Config, userMessage: string) {
  let text = '';
  const threadMessages = 1, runId = 2, threadId = 3, status = 4, pollAttempts = 5, maxAttempts = 6;
  const statusResponse = 7, statusData = 8, messagesResponse = 9, messagesData = 10, latestMessage = 11;
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
  return [text, threadMessages, runId, threadId, status, pollAttempts, maxAttempts];
}
