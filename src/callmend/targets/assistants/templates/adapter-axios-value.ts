// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(
  asked: PromiseLike<any>,
  client: import('axios').AxiosInstance,
  runHeaders: Record<string, string>,
  $BASE_URL: string,
  $SIGNAL?: AbortSignal
): Promise<any> {
  let run = await asked;
  const threadUrl = `https://api.openai.com/v1/threads/${run.thread_id}`;
  const runUrl = `${threadUrl}/runs/${run.id}`;
  const maxSeconds = $POLL_TIMEOUT;
  const deadline = Date.now() + maxSeconds * 1000;
  // ?SIGNAL Ends the wait between two requests, the next of which throws what was aborted
  const stopped = new Promise(resolve => $SIGNAL?.addEventListener('abort', resolve, { once: true }));
  const ended = ['completed', 'failed', 'cancelled', 'incomplete', 'expired', 'requires_action'];
  let failed = '';
  for (let delay = 500; !ended.includes(run.status) && !failed; delay = Math.min(delay * 1.5, 5000)) {
    if (Date.now() >= deadline) {
      await client.post(`${runUrl}/cancel`, undefined, { headers: runHeaders }).catch(() => {});
      failed = `gave up after ${maxSeconds} seconds`;
    } else {
      // !SIGNAL
      await new Promise(resolve => setTimeout(resolve, delay));
      // ?SIGNAL
      await new Promise(resolve => {
        const timer = setTimeout(resolve, delay);
        stopped.then(() => resolve(clearTimeout(timer)));
      });
      const polled = await client.get(runUrl, { headers: runHeaders, signal: $SIGNAL });
      run = polled.data;
    }
  }
  let text = '';
  if (run.status === 'completed') {
    const messagesUrl = `${threadUrl}/messages?run_id=${run.id}&order=asc&limit=100`;
    const listed = await client.get(messagesUrl, { headers: runHeaders, signal: $SIGNAL });
    const messages = listed.data;
    const parts = [];
    for (const message of messages.data) {
      parts.push(...(message.role === 'assistant' ? message.content : []));
    }
    const refused = parts.find(part => part.type === 'refusal');
    failed = refused ? `refused: ${refused.refusal}` : '';
    text = parts.filter(part => part.type === 'text').map(part => part.text.value).join('\n\n');
  } else {
    failed = failed || run.last_error?.message || run.incomplete_details?.reason || run.status;
  }
  if (failed || !text) {
    throw new Error(`Assistant run ${run.status}: ${failed || 'no text'}`);
  }
  return $SHAPE;
}
