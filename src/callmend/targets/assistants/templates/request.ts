// ASSISTANTS MODE: Use OpenAI Assistants API
// ?HISTORY Build thread messages with conversation history
// !HISTORY Build thread messages
const threadMessages = [
  ...$HISTORY,
  {
    role: 'user' as const,
    content: $MESSAGE
  }
];

console.log('[Assistants API] Creating thread and running assistant:', $LOGGED_ID);

// Create thread and run assistant in one request
$RESPONSE = await fetch('https://api.openai.com/v1/threads/runs', {
  method: 'POST',
  headers: {
    'Content-Type': 'application/json',
    'Authorization': $AUTHORIZATION,
    'OpenAI-Beta': 'assistants=v2'
  },
  body: JSON.stringify({
    assistant_id: $WORKFLOW_ID,
    thread: {
      messages: threadMessages
    }
  })
});
