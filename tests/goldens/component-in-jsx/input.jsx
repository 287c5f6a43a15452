import { useState } from 'react';
import { config } from './config';

export default function Chat({ label }) {
  const [answer, setAnswer] = useState('');

  const ask = async (question) => {
    let assistantMessage = '';
    const response = await fetch('https://api.openai.com/v1/workflows/runs', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Authorization': `Bearer ${config.apiKey}`
      },
      body: JSON.stringify({
        workflow_id: config.workflowId,
        input: {
          message: `${label}: ${question}`
        }
      })
    });
    if (!response.ok) return setAnswer(`Error ${response.status}`);
    const data = await response.json();
    assistantMessage = data.output?.message || data.output || '';
    setAnswer(assistantMessage);
  };

  return (
    <form onSubmit={event => ask(event.target.q.value)}>
      It's "{label}" {'here'}; don't
        touch: https://api.openai.com/v1/workflows/runs
      <input name="q" title='single' />
      <p>{answer}</p>
    </form>
  );
}
