export async function send(config: Config, userMessage: string) {
  let text;
  // ASSISTANTS MODE: Use OpenAI Assistants API
  // Build thread messages
  const threadMessages = [
    {
      role: 'user' as const,
      content: userMessage
    }
  ];

  console.log('[Assistants API] Creating thread and running assistant:', config.workflowId);

  // Create thread and run assistant in one request
  const response = await fetch('https://api.openai.com/v1/threads/runs', {
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
  const data = await response.json();
  // Assistants API response format
  // The response is a Run object - we need to poll until it completes
  // For now, extract the message from the completed run
  const runId = data.id;
  const threadId = data.thread_id;
  const status = data.status;

  if (!runId) {
    throw new Error(`Assistant run refused: ${data.error?.message || 'no reason given'}`);
  }

  console.log('[Assistants API] Run created:', { runId, threadId, status });

  // Poll for completion
  let pollAttempts = 0;
  const maxAttempts = 30; // 30 seconds max

  text = 'Sorry, I have no answer.';

  while (pollAttempts < maxAttempts) {
    await new Promise(resolve => setTimeout(resolve, 1000)); // Wait 1 second

    const statusResponse = await fetch(`https://api.openai.com/v1/threads/${threadId}/runs/${runId}`, {
      headers: {
        'Authorization': `Bearer ${config.apiKey}`,
        'OpenAI-Beta': 'assistants=v2'
      }
    });

    const statusData = await statusResponse.json();
    console.log('[Assistants API] Run status:', statusData.status);

    if (statusData.status === 'completed') {
      // Get messages from thread
      const messagesResponse = await fetch(`https://api.openai.com/v1/threads/${threadId}/messages`, {
        headers: {
          'Authorization': `Bearer ${config.apiKey}`,
          'OpenAI-Beta': 'assistants=v2'
        }
      });

      const messagesData = await messagesResponse.json();
      const latestMessage = messagesData.data[0]; // First message is the latest
      text = latestMessage.content[0].text.value || 'Sorry, I have no answer.';
      break;
    } else if (statusData.status === 'failed' || statusData.status === 'cancelled') {
      throw new Error(`Assistant run ${statusData.status}: ${statusData.last_error?.message || 'Unknown error'}`);
    }

    pollAttempts++;
  }
  return text;
}
