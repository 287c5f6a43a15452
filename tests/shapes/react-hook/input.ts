import { useState, useCallback } from 'react';

export function useAssistant(apiKey: string, workflowId: string) {
  const [answer, setAnswer] = useState('');
  const [loading, setLoading] = useState(false);
  const [error, setError] = useState<string | null>(null);

  const send = useCallback(
    async (text: string) => {
      setLoading(true);
      setError(null);
      try {
        const res = await fetch('https://api.openai.com/v1/workflows/runs', {
          method: 'POST',
          headers: {
            'Content-Type': 'application/json',
            Authorization: `Bearer ${apiKey}`,
          },
          body: JSON.stringify({
            workflow_id: workflowId,
            input: { message: text },
          }),
        });
        if (!res.ok) throw new Error(`Request failed: ${res.status}`);
        const data = await res.json();
        const reply = data.output?.message || '';
        setAnswer(reply);
      } catch (e) {
        setError(e instanceof Error ? e.message : 'Unknown error');
      } finally {
        setLoading(false);
      }
    },
    [apiKey, workflowId],
  );

  return { answer, loading, error, send };
}
