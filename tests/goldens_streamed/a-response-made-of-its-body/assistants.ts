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
  if (!res.ok) return Response.json({ error: 'upstream' }, { status: res.status });
  const headers = { 'Content-Type': 'text/event-stream' };
  return new Response(res.body, { headers });
}

// Gives the text of an Assistants API stream in the events that this file reads, or pipes on.
async function workflowStream(asked: Promise<Response>): Promise<Response> {
  const live = await asked;
  if (!live.ok || !live.body) {
    return live;
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
                yield `event: thread.message.delta\ndata: ${JSON.stringify({ ...event, delta: { ...event.delta, content: [part] } })}\n\n`;
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
    yield `event: thread.run.completed\ndata: ${JSON.stringify(final)}\n\nevent: done\ndata: [DONE]\n\n`;
  }
  const events = liveEvents();
  // What fails before its first word is an error, and no stream
  const first = await events.next().catch((problem: Error) => problem);
  if (first instanceof Error) {
    const error = { message: first.message, type: 'api_error', param: null, code: null };
    const failure = { status: 502, headers: { 'Content-Type': 'application/json' } };
    return new Response(JSON.stringify({ error }), failure);
  }
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
