export async function send(key: string, id: string, q: string) {
  // ASSISTANTS MODE: Use OpenAI Assistants API
  // Build thread messages
  const threadMessages = [
    {
      role: 'user' as const,
      content: q
    }
  ];

  console.log('[Assistants API] Creating thread and running assistant:', id);

  // Create thread and run assistant in one request
  const r = await fetch('https://api.openai.com/v1/threads/runs', { method: 'POST', headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', 'OpenAI-Beta': 'assistants=v2' }, body: JSON.stringify({ assistant_id: id, thread: { messages: threadMessages } }) });
  const d = await r.json();
  // Assistants API response format
  // The response is a Run object - we need to poll until it completes
  // For now, extract the message from the completed run
  const runId = d.id;
  const threadId = d.thread_id;
  const status = d.status;

  console.log('[Assistants API] Run created:', { runId, threadId, status });

  // Poll for completion
  let pollAttempts = 0;
  const maxAttempts = 30; // 30 seconds max

  let assistantMessage = '';

  while (pollAttempts < maxAttempts) {
    await new Promise(resolve => setTimeout(resolve, 1000)); // Wait 1 second

    const statusResponse = await fetch(`https://api.openai.com/v1/threads/${threadId}/runs/${runId}`, {
      headers: {
        'Authorization': `Bearer ${key}`,
        'OpenAI-Beta': 'assistants=v2'
      }
    });

    const statusData = await statusResponse.json();
    console.log('[Assistants API] Run status:', statusData.status);

    if (statusData.status === 'completed') {
      // Get messages from thread
      const messagesResponse = await fetch(`https://api.openai.com/v1/threads/${threadId}/messages`, {
        headers: {
          'Authorization': `Bearer ${key}`,
          'OpenAI-Beta': 'assistants=v2'
        }
      });

      const messagesData = await messagesResponse.json();
      const latestMessage = messagesData.data[0]; // First message is the latest
      assistantMessage = latestMessage.content[0].text.value;
      break;
    } else if (statusData.status === 'failed' || statusData.status === 'cancelled') {
      throw new Error(`Assistant run ${statusData.status}: ${statusData.last_error?.message || 'Unknown error'}`);
    }

    pollAttempts++;
  }

  if (!assistantMessage) {
    console.error('[Assistants API] Response:', d);
    throw new Error('No response received from assistant (timeout or failed)');
  }

  return assistantMessage;
}
