import { useCallback, useState } from 'react';

export function useConversation(workflowId: string, token: string) {
  const [messages, setMessages] = useState<{ role: string; content: string }[]>([]);
  const [busy, setBusy] = useState(false);

  const send = useCallback(
    async (text: string) => {
      const next = [...messages, { role: 'user', content: text }];
      setMessages(next);
      setBusy(true);
      try {
        const res = await workflowAnswer(fetch('https://api.openai.com/v1/responses', {
          method: 'POST',
          headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
          body: JSON.stringify({ model: 'gpt-6-luna', input: next.map(({ role, content }) => ({ role, content })) }),
        }));
        if (!res.ok) throw new Error(`The assistant failed: ${res.status}`);
        const run = await res.json();
        const reply: string = run.output_text ?? run.output?.text ?? '';
        setMessages([...next, { role: 'assistant', content: reply }]);
        return reply;
      } finally {
        setBusy(false);
      }
    },
    [messages, token, workflowId],
  );

  return { messages, busy, send };
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked: Promise<Response>): Promise<Response> {
  const live = await asked;
  if (!live.ok) {
    return live;
  }
  const answered = await live.json();
  let text = '';
  let finalText = '';
  let refusal = '';
  for (const item of answered.output || []) {
    for (const part of item.type === 'message' ? item.content : []) {
      refusal += part.refusal || '';
      text += part.type === 'output_text' ? part.text : '';
      finalText += part.type === 'output_text' && item.phase === 'final_answer' ? part.text : '';
    }
  }
  text = finalText || text;
  const headers = { 'Content-Type': 'application/json' };
  if (answered.status !== 'completed' || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: 'api_error', param: null, code: answered.error?.code || null };
    return new Response(JSON.stringify({ error }), { status: 502, headers });
  }
  const body = JSON.stringify({ output_text: text, id: answered.id, status: 'completed' });
  return new Response(body, { status: live.status, headers });
}
