import { useState, type FormEvent } from 'react';

type Message = { role: 'user' | 'assistant'; content: string };

export function ChatBox({ apiKey, workflowId }: { apiKey: string; workflowId: string }) {
  const [messages, setMessages] = useState<Message[]>([]);
  const [input, setInput] = useState('');
  const [error, setError] = useState('');

  async function onSubmit(e: FormEvent) {
    e.preventDefault();
    const text = input;
    setInput('');
    setError('');

    try {
      const response = await fetch('https://api.openai.com/v1/workflows/runs', {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'Authorization': `Bearer ${apiKey}`,
        },
        body: JSON.stringify({
          workflow_id: workflowId,
          input: {
            message: text,
            conversation_history: messages.map(m => ({ role: m.role, content: m.content })),
          },
        }),
      });
      if (!response.ok) throw new Error('The assistant is not reachable');

      const data = await response.json();
      const reply = data.output?.message || '';
      if (!reply) throw new Error('Nothing came back');
      setMessages(prev => [...prev, { role: 'user', content: text }, { role: 'assistant', content: reply }]);
    } catch (err) {
      setError((err as Error).message);
    }
  }

  return (
    <form onSubmit={onSubmit}>
      <ul>
        {messages.map((m, i) => (
          <li key={i} className={m.role}>{m.content}</li>
        ))}
      </ul>
      <input value={input} onChange={(e) => setInput(e.target.value)} placeholder="Ask…" />
      <button type="submit">Send</button>
    </form>
  );
}
