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
        const res = await fetch(`https://api.openai.com/v1/workflows/${workflowId}/runs`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
          body: JSON.stringify({ input: { messages: next } }),
        });
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
