// Assistants API response format
// The response is a Run object - we need to poll until it completes
// For now, extract the message from the completed run
const runId = $BODY.id;
const threadId = $BODY.thread_id;
const status = $BODY.status;

if (!$UNCHECKED_RUN) {
  throw new Error(`Assistant run refused: ${$BODY.error?.message || 'no reason given'}`);
}

console.log('[Assistants API] Run created:', { runId, threadId, status });

// Poll for completion
let pollAttempts = 0;
const maxAttempts = 30; // 30 seconds max

$EMPTY_RESULT = $EMPTY;

while (pollAttempts < maxAttempts) {
  await new Promise(resolve => setTimeout(resolve, 1000)); // Wait 1 second

  const statusResponse = await fetch(`https://api.openai.com/v1/threads/${threadId}/runs/${runId}`, {
    headers: {
      'Authorization': $AUTHORIZATION,
      'OpenAI-Organization': $ORGANIZATION,
      'OpenAI-Project': $PROJECT,
      'OpenAI-Beta': 'assistants=v2'
    },
    signal: $STOPS
  });

  const statusData = await statusResponse.json();
  console.log('[Assistants API] Run status:', statusData.status);

  if (statusData.status === 'completed') {
    // Get messages from thread
    const messagesResponse = await fetch(`https://api.openai.com/v1/threads/${threadId}/messages`, {
      headers: {
        'Authorization': $AUTHORIZATION,
        'OpenAI-Organization': $ORGANIZATION,
        'OpenAI-Project': $PROJECT,
        'OpenAI-Beta': 'assistants=v2'
      },
      signal: $STOPS
    });

    const messagesData = await messagesResponse.json();
    const latestMessage = messagesData.data[0]; // First message is the latest
    $RESULT = latestMessage.content[0].text.value || $LAST_RESORT;
    break;
  } else if (statusData.status === 'failed' || statusData.status === 'cancelled') {
    throw new Error(`Assistant run ${statusData.status}: ${statusData.last_error?.message || 'Unknown error'}`);
  }

  pollAttempts++;
}

if (!$RESULT) {
  console.error('[Assistants API] Response:', $BODY);
  throw new Error('No response received from assistant (timeout or failed)');
}
