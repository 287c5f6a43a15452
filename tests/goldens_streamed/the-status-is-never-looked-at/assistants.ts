export async function POST(req: Request) {
  const { message } = await req.json();
  const res = await workflowStream(fetch('https://api.openai.com/v1/threads/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'OpenAI-Beta': 'assistants=v2',
    },
    body: JSON.stringify({ assistant_id: process.env.WORKFLOW_ID, thread: { messages: [{ role: 'user', content: message }] }, stream: true }),
  }));
  const reader = res.body!.getReader();
  const decoder = new TextDecoder();
  let buffer = '';
  let reply = '';
  while (true) {
    const { done, value } = await reader.read();
    if (done) break;
    buffer += decoder.decode(value, { stream: true });
    const lines = buffer.split('\n');
    buffer = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data:')) continue;
      const data = line.slice(5).trim();
      const event = JSON.parse(data);
      reply += event.delta;
    }
  }
  return Response.json({ reply });
}

// Gives the text of an Assistants API stream in the events that this file reads, or pipes on.
// The file would show an error for an answer, so what is no answer is thrown.
async function workflowStream(asked: Promise<Response>): Promise<Response> {
  const live = await asked;
  if (!live.ok || !live.body) {
    throw new Error(`Assistants API error ${live.status}: ${await live.text()}`);
  }
  const reader = live.body.getReader();
  async function* liveEvents() {
    const decoder = new TextDecoder();
    let final;
    let block = '';
    let whole = '';
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
            final = event;
          } else if (event.object === 'thread.message.delta') {
            for (const part of event.delta.content || []) {
              refusal += part.refusal || '';
              const said = part.text?.value || '';
              const here = `${event.id} ${part.index}`;
              const text = said && whole && here !== block ? `\n\n${said}` : said;
              if (text) {
                block = here;
                whole += text;
                yield `data: ${JSON.stringify({ delta: text })}\n\n`;
              }
            }
          }
          name = '';
          payload = '';
        }
      }
    }
    if (final?.status !== 'completed' || refusal || !whole) {
      const ended = final?.last_error?.message || final?.incomplete_details?.reason;
      const reason = ended || final?.required_action?.type || refusal;
      throw new Error(`Assistant run ${final?.status || 'not started'}: ${reason || 'no text'}`);
    }
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
    cancel: reason => reader.cancel(reason),
  });
  return new Response(body, { status: live.status, headers: { 'Content-Type': 'text/event-stream' } });
}
