// Responses API format: the answer is the text of the messages among the output items
if ($BODY.status !== 'completed') {
  const reason = $BODY.error?.message || $BODY.incomplete_details?.reason;
  throw new Error(`Response ${$BODY.status || 'refused'}: ${reason || 'no reason given'}`);
}
let allText = '';
let finalText = '';
for (const item of $BODY.output) {
  for (const part of item.type === 'message' ? item.content : []) {
    if (part.type === 'refusal') {
      throw new Error(`The model refused: ${part.refusal}`);
    } else if (part.type === 'output_text') {
      allText += part.text;
      finalText += item.phase === 'final_answer' ? part.text : '';
    }
  }
}
$TAKES = finalText || allText || $FALLBACK;

if (!$RESULT) {
  console.error('[Responses API] Response:', $BODY);
  throw new Error('No response received from the model (no text)');
}
