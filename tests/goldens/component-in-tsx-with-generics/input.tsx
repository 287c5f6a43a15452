import { useState, useCallback } from 'react';
import { config } from './config';

const first = <T,>(list: T[]): T => list[0];

export const Chat: React.FC<{ label: string }> = ({ label }) => {
  const [answer, setAnswer] = useState<string | null>(null);
  const ask = useCallback(
    async (question: string, history: Array<{ from: 'me' | 'bot'; body: string }>) => {
      const response = await fetch('https://api.openai.com/v1/workflows/runs', {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'Authorization': `Bearer ${config.apiKey}`
        },
        body: JSON.stringify({
          workflow_id: config.workflowId,
          input: {
            message: question,
            conversation_history: history
              .filter(turn => turn.body)
              .map(turn => ({
                role: turn.from === 'me' ? 'user' : 'assistant',
                content: turn.body
              }))
          }
        })
      });
      const data = await response.json();
      setAnswer(data.output?.message || data.output || '');
    },
    [label]
  );
  return <button onClick={() => ask(label, [])}>{answer ?? first(['ask'])}</button>;
};
