// file: send.ts
export async function send(config: Config, useWorkflow: boolean, messages: Message[], userMessage: string) {
  let response: Response; // whichever answers
  let assistantMessage = '';

  // the workflow is asked first
  if (useWorkflow) { // a flag of the settings
    // own 1: above everything
    // ASSISTANTS MODE: Use OpenAI Assistants API
    // Build thread messages with conversation history
    const threadMessages = [
      ...messages.map(m => ({
        role: m.role, // own 2: never `system`
        content: m.content
      })),
      {
        role: 'user' as const,
        content: contextual(userMessage)
      }
    ];

    console.log('[Assistants API] Creating thread and running assistant:', config.workflowId);

    // Create thread and run assistant in one request
    response = await fetch( // own 3: the call
      'https://api.openai.com/v1/threads/runs', // own 4: the URL
      {
        method: 'POST',
        // own 5: in front of the headers
        headers: {
          'Content-Type': 'application/json', // own 6: trailing in the headers
          // own 7: between the headers
          'Authorization': `Bearer ${config.apiKey}`, // own 8: behind the key
          'OpenAI-Beta': 'assistants=v2'
          // own 9: at the end of the headers
        },
        /* own 10: in front of the body */
        body: JSON.stringify({
          // own 11: in the body
          assistant_id: config.workflowId, // own 12: behind the id
          // own 13: in front of the input
          thread: {
            // own 14: first in the input
            messages: threadMessages
            // own 15: last in the input
          }
          // own 16: last in the body
        })
        // own 17: last in the options
      }
    ); // own 18: behind the call
    // own 19: last in the block
  } else { // own 20: the other branch
    response = await chat(userMessage);
  }

  // own 21: between the blocks
  const data = await response.json(); // own 22: the body

  /*
   * own 23: a block comment
   */
  if (useWorkflow) {
    // own 24: above the reading
    // Assistants API response format
    // The response is a Run object - we need to poll until it completes
    // For now, extract the message from the completed run
    const runId = data.id;
    const threadId = data.thread_id;
    const status = data.status;

    console.log('[Assistants API] Run created:', { runId, threadId, status });

    // Poll for completion
    let pollAttempts = 0;
    const maxAttempts = 30; // 30 seconds max

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
        assistantMessage = latestMessage.content[0].text.value;
        break;
      } else if (statusData.status === 'failed' || statusData.status === 'cancelled') {
        throw new Error(`Assistant run ${statusData.status}: ${statusData.last_error?.message || 'Unknown error'}`);
      }

      pollAttempts++;
    } // own 25: behind the reading

    // own 26: between reading and check
    if (!assistantMessage) { // own 27: in the check
      // own 28: above the log
      console.error('[Assistants API] Response:', data); // own 29
      throw new Error('No response received from assistant (timeout or failed)');
      // own 30: unreachable
    }
    // own 31: last in the block
  }

  return assistantMessage; // own 32
}
// own 33: last line
