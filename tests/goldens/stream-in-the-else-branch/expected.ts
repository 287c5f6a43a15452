export async function send(config: Config, useChat: boolean, userMessage: string) {
  let response: Response;
  let assistantMessage = '';

  if (useChat) {
    response = await chat(userMessage);
  } else {
    // ASSISTANTS MODE: Use OpenAI Assistants API
    // Build thread messages
    const threadMessages = [
      {
        role: 'user' as const,
        content: userMessage
      }
    ];

    console.log('[Assistants API] Creating thread and running assistant:', config.workflowId);

    // Create thread and run assistant in one request
    response = await fetch('https://api.openai.com/v1/threads/runs', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Authorization': `Bearer ${config.apiKey}`,
        'OpenAI-Beta': 'assistants=v2'
      },
      body: JSON.stringify({
        assistant_id: config.workflowId,
        thread: {
          messages: threadMessages
        },
        stream: true
      })
    });
  }

  const data = !useChat ? await readRunStream(response) : await response.json();

  if (useChat) {
    assistantMessage = data.choices[0].message.content;
  } else {
    // Assistants API response format: the text of the messages that were streamed
    assistantMessage = data.output_text;

    if (!assistantMessage) {
      console.error('[Assistants API] Response:', data);
      throw new Error('No response received from assistant (no text)');
    }
  }

  return assistantMessage;
}

// Reads a run's events to their end; gives the run with its text as output_text.
// To show the text while it arrives, pass a function that takes the text so far.
async function readRunStream(stream: Response, onText?: (soFar: string) => void) {
  if (!stream.ok || !stream.body) {
    throw new Error(`Assistants API error ${stream.status}: ${await stream.text()}`);
  }
  const reader = stream.body.getReader();
  const decoder = new TextDecoder();
  const blocks: Record<string, string> = {};
  let run;
  let refusal = '';
  let unread = '';
  let name = '';
  let payload = '';
  for (let ended = false; !ended; ) {
    const chunk = await reader.read();
    ended = chunk.done;
    unread += decoder.decode(chunk.value, { stream: !ended });
    // A line ends in LF, CRLF or CR; a CR at the end of a chunk may be half of a CRLF
    const lines = unread.split(ended ? /\r\n|\n|\r/ : /\r\n|\n|\r(?!$)/);
    unread = lines.pop() || '';
    for (const line of lines) {
      if (line.startsWith('event:')) {
        name = line.slice(6).trim();
      } else if (line.startsWith('data:')) {
        payload += `${line.slice(5)}\n`;
      } else if (line === '') {
        const event = payload && payload.trim() !== '[DONE]' ? JSON.parse(payload) : {};
        if (name === 'error') {
          throw new Error(`Assistants API error: ${event.error?.message || event.message}`);
        } else if (event.object === 'thread.run') {
          run = event;
        } else if (event.object === 'thread.message.delta') {
          for (const part of event.delta.content || []) {
            const block = `${event.id} ${part.index}`;
            blocks[block] = (blocks[block] || '') + (part.text?.value || '');
            refusal += part.refusal || '';
          }
          onText?.(Object.values(blocks).filter(Boolean).join('\n\n'));
        }
        name = '';
        payload = '';
      }
    }
  }
  if (run?.status !== 'completed') {
    const reason = run?.last_error?.message || run?.incomplete_details?.reason || run?.required_action?.type;
    throw new Error(`Assistant run ${run?.status || 'not started'}: ${reason || 'the stream ended'}`);
  }
  if (refusal) {
    throw new Error(`The assistant refused: ${refusal}`);
  }
  return { ...run, output_text: Object.values(blocks).filter(Boolean).join('\n\n') };
}
