export async function send(config: Config, messages: Message[], userMessage: string): Promise<string> {
  let assistantMessage = '';

  // RESPONSES MODE: Use OpenAI Responses API
  // Build the input with conversation history
  const inputMessages = [
    ...messages.map(m => ({ role: m.role, content: m.content })),
    {
      role: 'user' as const,
      content: userMessage
    }
  ];

  // Ask the model in one request
  const response = await fetch('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${config.apiKey}`
    },
    body: JSON.stringify({
      model: 'gpt-6-luna',
      input: inputMessages,
      stream: true
    })
  });

  const data = await readResponseStream(response);

  // Responses API format: the text of the messages that were streamed
  assistantMessage = data.output_text;

  if (!assistantMessage) {
    console.error('[Responses API] Response:', data);
    throw new Error('No response received from the model (no text)');
  }

  return assistantMessage;
}

// Reads a response's events to their end; gives the response with its text as output_text.
// To show the text while it arrives, pass a function that takes the text so far.
async function readResponseStream(stream: Response, onText?: (soFar: string) => void) {
  if (!stream.ok || !stream.body) {
    throw new Error(`Responses API error ${stream.status}: ${await stream.text()}`);
  }
  const reader = stream.body.getReader();
  const decoder = new TextDecoder();
  let answered;
  let soFar = '';
  let unread = '';
  let payload = '';
  for (let ended = false; !ended; ) {
    const chunk = await reader.read();
    ended = chunk.done;
    unread += decoder.decode(chunk.value, { stream: !ended });
    // A line ends in LF, CRLF or CR; a CR at the end of a chunk may be half of a CRLF
    const lines = unread.split(ended ? /\r\n|\n|\r/ : /\r\n|\n|\r(?!$)/);
    unread = lines.pop() || '';
    for (const line of lines) {
      if (line.startsWith('data:')) {
        payload += `${line.slice(5)}\n`;
      } else if (line === '' && payload) {
        const event = payload.trim() === '[DONE]' ? {} : JSON.parse(payload);
        payload = '';
        if (event.type === 'response.output_text.delta') {
          soFar += event.delta;
          onText?.(soFar);
        } else if (event.type === 'error') {
          throw new Error(`Responses API error: ${event.message || event.error?.message}`);
        } else if (/^response\.(completed|failed|incomplete)$/.test(event.type)) {
          answered = event.response;
        }
      }
    }
  }
  if (answered?.status !== 'completed') {
    const reason = answered?.error?.message || answered?.incomplete_details?.reason;
    throw new Error(`Response ${answered?.status || 'unfinished'}: ${reason || 'the stream ended'}`);
  }
  let allText = '';
  let finalText = '';
  for (const item of answered.output) {
    for (const part of item.type === 'message' ? item.content : []) {
      if (part.type === 'refusal') {
        throw new Error(`The model refused: ${part.refusal}`);
      } else if (part.type === 'output_text') {
        allText += part.text;
        finalText += item.phase === 'final_answer' ? part.text : '';
      }
    }
  }
  return { ...answered, output_text: finalText || allText };
}
