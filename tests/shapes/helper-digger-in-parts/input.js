function extractText(payload) {
  if (!payload) return '';
  if (typeof payload === 'string') return payload;
  if (payload.output_text) return payload.output_text;
  const output = payload.output || payload.response?.output || [];
  if (Array.isArray(output)) {
    const parts = [];
    for (const item of output) {
      for (const part of item.content || []) {
        if (part.type === 'output_text' || part.type === 'text') parts.push(part.text);
      }
    }
    return parts.join('\n');
  }
  return output.text || output.message || '';
}

export async function ask(text) {
  const res = await fetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'OpenAI-Beta': 'workflows=v1',
    },
    body: JSON.stringify({ input: { input_as_text: text } }),
  });
  if (!res.ok) {
    throw new Error('workflow failed: ' + res.status);
  }
  return extractText(await res.json());
}
