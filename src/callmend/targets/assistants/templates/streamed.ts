// Assistants API response format: the text of the messages that were streamed
if (!$BODY.output_text) {
  console.error('[Assistants API] Response:', $BODY);
  throw new Error('No response received from assistant (no text)');
}
