// Responses API format: the text of the messages that were streamed
if (!$BODY.output_text) {
  console.error('[Responses API] Response:', $BODY);
  throw new Error('No response received from the model (no text)');
}
