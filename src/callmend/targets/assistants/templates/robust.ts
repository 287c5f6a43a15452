// Assistants API response format: a run, polled until it ends
let run = $BODY;
const threadUrl = `https://api.openai.com/v1/threads/${run.thread_id}`;
const runUrl = `${threadUrl}/runs/${run.id}`;
const runHeaders = {
  Authorization: $AUTHORIZATION,
  'OpenAI-Organization': $ORGANIZATION,
  'OpenAI-Project': $PROJECT,
  'OpenAI-Beta': 'assistants=v2'
};
const maxSeconds = $POLL_TIMEOUT;
const deadline = Date.now() + maxSeconds * 1000;
// ?STOPS Ends the wait between two requests, the next of which throws what was aborted
const stopped = new Promise(resolve => $STOPS?.addEventListener('abort', resolve, { once: true }));
let pollDelay = 500; // milliseconds, growing

while (run.status !== 'completed') {
  if (!run.id || ['failed', 'cancelled', 'incomplete', 'expired'].includes(run.status)) {
    const reason = run.last_error?.message || run.incomplete_details?.reason || run.error?.message;
    throw new Error(`Assistant run ${run.status || 'refused'}: ${reason || 'no reason given'}`);
  }
  if (run.status === 'requires_action') {
    throw new Error('Assistant run requires_action: submit the tool outputs that it waits for');
  }
  if (Date.now() >= deadline) {
    await fetch(`${runUrl}/cancel`, { method: 'POST', headers: runHeaders }).catch(() => {});
    throw new Error(`Assistant run ${run.status}: gave up after ${maxSeconds} seconds`);
  }
  // !STOPS
  await new Promise(resolve => setTimeout(resolve, pollDelay));
  // ?STOPS
  await new Promise(resolve => {
    const timer = setTimeout(resolve, pollDelay);
    stopped.then(() => resolve(clearTimeout(timer)));
  });
  pollDelay = Math.min(pollDelay * 1.5, 5000);
  const runResponse = await fetch(runUrl, { headers: runHeaders, signal: $SIGNAL });
  if (!runResponse.ok) {
    throw new Error(`Assistants API error ${runResponse.status}: ${await runResponse.text()}`);
  }
  run = await runResponse.json();
}

// Get all text of this run's messages, the oldest first
const messagesUrl = `${threadUrl}/messages?run_id=${run.id}&order=asc&limit=100`;
const messagesResponse = await fetch(messagesUrl, {
  headers: runHeaders,
  signal: $SIGNAL
});
if (!messagesResponse.ok) {
  throw new Error(`Assistants API error ${messagesResponse.status}: ${await messagesResponse.text()}`);
}
const messagesData = await messagesResponse.json();
const texts: string[] = [];
for (const message of messagesData.data) {
  for (const part of message.role === 'assistant' ? message.content : []) {
    if (part.type === 'refusal') {
      throw new Error(`The assistant refused: ${part.refusal}`);
    } else if (part.type === 'text') {
      texts.push(part.text.value);
    }
  }
}
$TAKES = texts.join('\n\n') || $FALLBACK;

if (!$RESULT) {
  console.error('[Assistants API] Response:', messagesData);
  throw new Error('No response received from assistant (no text)');
}
