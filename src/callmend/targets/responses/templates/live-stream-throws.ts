// Gives the text of a Responses API stream in the events that this file reads, or pipes on.
// The file would show an error for an answer, so what is no answer is thrown.
async function workflowStream(asked: Promise<$RESPONSE_TYPE>): Promise<$RESPONSE_TYPE> {
  const live = await asked;
  if (!live.ok || !live.body) {
    throw new Error(`Responses API error ${live.status}: ${await live.text()}`);
  }
  const reader = live.body.getReader();
  async function* liveEvents() {
    const decoder = new TextDecoder();
    const comments = new Set();
    let final;
    let whole = '';
    let refusal = '';
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
          if (event.type === 'response.output_item.added' && event.item.phase === 'commentary') {
            comments.add(event.output_index);
          } else if (event.type === 'response.output_text.delta') {
            const text = comments.has(event.output_index) ? '' : event.delta;
            if (text) {
              whole += text;
              yield $PIECE;
            }
          } else if (event.type === 'response.refusal.delta') {
            refusal += event.delta;
          } else if (event.type === 'error') {
            throw new Error(`Responses API error: ${event.message || event.error?.message}`);
          } else if (/^response\.(completed|failed|incomplete)$/.test(event.type)) {
            final = event;
          }
        }
      }
    }
    const answered = final?.response;
    if (answered?.status !== 'completed' || refusal || !whole) {
      const reason = answered?.error?.message || answered?.incomplete_details?.reason || refusal;
      throw new Error(`Response ${answered?.status || 'unfinished'}: ${reason || 'no text'}`);
    }
    yield $END;
  }
  const events = liveEvents();
  // What fails before its first word is thrown
  const first = await events.next();
  const encoder = new TextEncoder();
  let isFirst = true;
  const body = new ReadableStream({
    async pull(controller) {
      const next = isFirst ? first : await events.next();
      isFirst = false;
      if (next.done) {
        controller.close();
      } else {
        controller.enqueue(encoder.encode(next.value));
      }
    },
    cancel: reason => reader.cancel(reason)
  });
  return new Response(body, { status: live.status, headers: { 'Content-Type': $CONTENT_TYPE } });
}
