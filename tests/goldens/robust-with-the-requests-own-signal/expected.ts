export async function send(config: Config, messages: Message[], userMessage: string): Promise<string> {
  let assistantMessage = '';

  // ASSISTANTS MODE: Use OpenAI Assistants API
  // Build thread messages with conversation history
  const threadMessages = [
    ...messages.map(m => ({ role: m.role, content: m.content })),
    {
      role: 'user' as const,
      content: userMessage
    }
  ];

  console.log('[Assistants API] Creating thread and running assistant:', config.workflowId);

  // Create thread and run assistant in one request
  const response = await fetch('https://api.openai.com/v1/threads/runs', {
    method: 'POST',
    signal: config.signal,
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${config.apiKey}`,
      'OpenAI-Beta': 'assistants=v2'
    },
    body: JSON.stringify({
      assistant_id: config.workflowId,
      thread: {
        messages: threadMessages
      }
    })
  });

  const data = await response.json();

  // Assistants API response format: a run, polled until it ends
  let run = data;
  const threadUrl = `https://api.openai.com/v1/threads/${run.thread_id}`;
  const runUrl = `${threadUrl}/runs/${run.id}`;
  const runHeaders = {
    Authorization: `Bearer ${config.apiKey}`,
    'OpenAI-Beta': 'assistants=v2'
  };
  const maxSeconds = 30;
  const deadline = Date.now() + maxSeconds * 1000;
  // Ends the wait between two requests, the next of which throws what was aborted
  const stopped = new Promise(resolve => config.signal?.addEventListener('abort', resolve, { once: true }));
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
    await new Promise(resolve => {
      const timer = setTimeout(resolve, pollDelay);
      stopped.then(() => resolve(clearTimeout(timer)));
    });
    pollDelay = Math.min(pollDelay * 1.5, 5000);
    const runResponse = await fetch(runUrl, { headers: runHeaders, signal: config.signal });
    if (!runResponse.ok) {
      throw new Error(`Assistants API error ${runResponse.status}: ${await runResponse.text()}`);
    }
    run = await runResponse.json();
  }

  // Get all text of this run's messages, the oldest first
  const messagesUrl = `${threadUrl}/messages?run_id=${run.id}&order=asc&limit=100`;
  const messagesResponse = await fetch(messagesUrl, {
    headers: runHeaders,
    signal: config.signal
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
  assistantMessage = texts.join('\n\n');

  if (!assistantMessage) {
    console.error('[Assistants API] Response:', data);
    throw new Error('No response received from assistant (no text)');
  }

  return assistantMessage;
}
