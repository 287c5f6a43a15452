import { useState } from 'react';

export default function useChat(config) {
  const [reply, setReply] = useState('');
  const [failed, setFailed] = useState(false);

  const ask = (text) =>
    fetch('https://api.openai.com/v1/workflows/runs', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${config.apiKey}`,
      },
      body: JSON.stringify({ workflow_id: config.workflowId, input: { message: text } }),
    })
      .then((res) => (res.ok ? res.json() : Promise.reject(new Error(res.statusText))))
      .then((data) => setReply(data.output_text || data.output?.message))
      .catch(() => setFailed(true));

  return { reply, failed, ask };
}
