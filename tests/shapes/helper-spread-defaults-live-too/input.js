const defaults = {
  method: 'POST',
  cache: 'no-store',
  headers: {
    'Content-Type': 'application/json',
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    'OpenAI-Project': process.env.OPENAI_PROJECT_ID,
  },
};

async function headline(text) {
  const response = await fetch('https://api.openai.com/v1/chat/completions', {
    ...defaults,
    body: JSON.stringify({
      model: 'gpt-4.1-mini',
      messages: [{ role: 'user', content: `Name this: ${text}` }],
    }),
  });
  const { choices } = await response.json();
  return choices[0].message.content;
}

export async function describe(text, signal) {
  const title = await headline(text);
  const response = await fetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
    ...defaults,
    ...(signal ? { signal } : {}),
    headers: { ...defaults.headers, 'OpenAI-Beta': 'workflows=v1' },
    body: JSON.stringify({ inputs: { text } }),
  });
  if (!response.ok) {
    throw new Error(`no description: ${response.status}`);
  }
  const data = await response.json();
  const found = data?.output?.text ?? data?.output_text ?? data?.result;
  return { title, description: typeof found === 'string' ? found : '' };
}
