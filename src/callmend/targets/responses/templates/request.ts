// RESPONSES MODE: Use OpenAI Responses API
// Build the input with conversation history
const inputMessages = [
  ...$HISTORY,
  {
    role: 'user' as const,
    content: $MESSAGE
  }
];

// Ask the model in one request
$RESPONSE = await fetch('https://api.openai.com/v1/responses', {
  method: 'POST',
  headers: {
    'Content-Type': 'application/json',
    'Authorization': $AUTHORIZATION
  },
  body: JSON.stringify({
    model: $MODEL,
    instructions: $INSTRUCTIONS,
    input: inputMessages
  })
});
