// What Assistants API code becomes with OpenAI's own SDK.
$CLIENT.responses.create({
  model: $MODEL,
  instructions: $INSTRUCTIONS,
  conversation: $CONVERSATION,
  previous_response_id: $PREVIOUS,
  tools: $TOOLS,
  tool_choice: $TOOL_CHOICE,
  parallel_tool_calls: $PARALLEL_TOOL_CALLS,
  text: $TEXT,
  reasoning: $REASONING,
  max_output_tokens: $MAX_OUTPUT_TOKENS,
  metadata: $METADATA,
  stream: $STREAM,
  input: $INPUT
});

if ($NOT_COMPLETED.status !== 'completed') {
  throw new Error(`OpenAI response ${$NOT_COMPLETED.status}: ${$NOT_COMPLETED.error?.message ?? $NOT_COMPLETED.incomplete_details?.reason ?? 'no reason given'}`);
}

if ($NO_ANSWER.status !== 'completed' || !$NO_ANSWER.output_text) {
  throw new Error(`OpenAI response ${$NO_ANSWER.status}: ${$NO_ANSWER.error?.message ?? $NO_ANSWER.incomplete_details?.reason ?? 'it has no text'}`);
}

if (!$NO_TEXT.output_text) {
  throw new Error('OpenAI response has no text');
}

const conversation = await $CLIENT.conversations.create();

if ($EVENT.type === 'response.failed' || $EVENT.type === 'response.incomplete') {
  throw new Error(`OpenAI response ${$EVENT.response.status}: ${$EVENT.response.error?.message ?? $EVENT.response.incomplete_details?.reason ?? 'no reason given'}`);
}

if ($EVENT.type === 'response.failed') {
  throw new Error(`OpenAI response failed: ${$EVENT.response.error?.message ?? 'no reason given'}`);
}

if ($EVENT.type === 'response.incomplete') {
  throw new Error(`OpenAI response incomplete: ${$EVENT.response.incomplete_details?.reason ?? 'no reason given'}`);
}

if ($EVENT.type === 'error') {
  throw new Error($EVENT.message);
}

let answerText = '';
let finalText = '';
for (const item of $SAID.output) {
  for (const part of item.type === 'message' ? item.content : []) {
    if (part.type === 'refusal') {
      throw new Error(`The model refused: ${part.refusal}`);
    } else if (part.type === 'output_text') {
      answerText += part.text;
      finalText += item.phase === 'final_answer' ? part.text : '';
    }
  }
}
answerText = finalText || answerText;

if (!$RAW_TEXT) {
  throw new Error('OpenAI response has no text');
}
