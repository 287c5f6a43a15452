import { useState } from 'react';

interface Turn {
  id: number;
  role: 'user' | 'assistant';
  content: string;
}

export default function Helpdesk({ apiKey, workflowId }: { apiKey: string; workflowId: string }) {
  const [turns, setTurns] = useState<Turn[]>([]);
  const [draft, setDraft] = useState('');

  const submit = async () => {
    const asked: Turn = { id: turns.length, role: 'user', content: draft };
    setTurns((before) => [...before, asked]);
    setDraft('');
    try {
      const response = await fetch('https://api.openai.com/v1/workflows/runs', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${apiKey}` },
        body: JSON.stringify({
          workflow_id: workflowId,
          input: { messages: [...turns, asked] },
        }),
      });
      if (!response.ok) throw new Error(`status ${response.status}`);
      const data = await response.json();
      const content = data.output?.message || data.output_text || '';
      if (!content) throw new Error('nothing came back');
      setTurns((before) => [...before, { id: before.length, role: 'assistant', content }]);
    } catch {
      setTurns((before) => [
        ...before,
        { id: before.length, role: 'assistant', content: 'The desk is closed.' },
      ]);
    }
  };

  return (
    <section>
      {turns.map((turn) => (
        <p key={turn.id}>{turn.content}</p>
      ))}
      <input value={draft} onChange={(event) => setDraft(event.target.value)} />
      <button onClick={submit}>Ask</button>
    </section>
  );
}
