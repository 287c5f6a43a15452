import React, { useState } from 'react';

export default function Explain({ apiKey, workflowId, topic }) {
  const [text, setText] = useState(null);
  const [busy, setBusy] = useState(false);

  const handleClick = async () => {
    setBusy(true);
    try {
      const res = await fetch(`https://api.openai.com/v1/workflows/${workflowId}/runs`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${apiKey}`,
          'Content-Type': 'application/json',
          'OpenAI-Beta': 'workflows=v1',
        },
        body: JSON.stringify({ input: { message: `Tell me about ${topic}` } }),
      });
      if (!res.ok) {
        setText(null);
        return;
      }
      const data = await res.json();
      setText(data.output_text || data.output?.message || null);
    } finally {
      setBusy(false);
    }
  };

  return (
    <section>
      <button onClick={handleClick} disabled={busy}>Explain</button>
      {text && <p>{text}</p>}
    </section>
  );
}
