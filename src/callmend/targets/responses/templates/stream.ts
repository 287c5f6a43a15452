// Reads a response's events to their end; gives the response with its text as output_text.
// To show the text while it arrives, pass a function that takes the text so far.
async function readResponseStream(response: $RESPONSE_TYPE, onText?: (soFar: string) => void) {
  if (!response.ok || !response.body) {
    throw new Error(`Responses API error ${response.status}: ${await response.text()}`);
  }
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let result;
  let text = '';
  let unread = '';
  let data = '';
  for (let ended = false; !ended; ) {
    const chunk = await reader.read();
    ended = chunk.done;
    unread += decoder.decode(chunk.value, { stream: !ended });
    // A line ends in LF, CRLF or CR; the last CR may be half of a CRLF
    const lines = unread.split(/\r\n|\n|\r(?!$)/);
    unread = lines.pop() || '';
    for (const line of lines) {
      if (line.startsWith('data:')) {
        data += `${line.slice(5)}\n`;
      } else if (line === '' && data) {
        const event = data.trim() === '[DONE]' ? {} : JSON.parse(data);
        data = '';
        if (event.type === 'response.output_text.delta') {
          text += event.delta;
          onText?.(text);
        } else if (event.type === 'error') {
          throw new Error(`Responses API error: ${event.message || event.error?.message}`);
        } else if (/^response\.(completed|failed|incomplete)$/.test(event.type)) {
          result = event.response;
        }
      }
    }
  }
  if (result?.status !== 'completed') {
    const reason = result?.error?.message || result?.incomplete_details?.reason;
    throw new Error(`Response ${result?.status || 'unfinished'}: ${reason || 'the stream ended'}`);
  }
  let allText = '';
  let finalText = '';
  for (const item of result.output) {
    for (const part of item.type === 'message' ? item.content : []) {
      if (part.type === 'refusal') {
        throw new Error(`The model refused: ${part.refusal}`);
      } else if (part.type === 'output_text') {
        allText += part.text;
        finalText += item.phase === 'final_answer' ? part.text : '';
      }
    }
  }
  return { ...result, output_text: finalText || allText };
}
