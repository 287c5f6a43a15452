const API = process.env.OPENAI_API_BASE || 'https://api.openai.com/v1';

/**
 * @param {string} path
 * @param {any} [options]
 */
async function apiFetch(path, { method = 'GET', body, headers } = {}) {
  const response = await fetch(API + path, {
    method,
    headers: {
      ...headers,
      'Content-Type': 'application/json',
      Authorization: 'Bearer ' + process.env.OPENAI_API_KEY,
    },
    body: body ? JSON.stringify(body) : undefined,
  });
  if (!response.ok) throw new Error(`OpenAI answered ${response.status}`);
  return response.json();
}

export async function summarise(text) {
  const data = await apiFetch('/workflows/runs', {
    method: 'POST',
    headers: { 'OpenAI-Beta': 'workflows=v1' },
    body: {
      workflow_id: process.env.WORKFLOW_ID,
      input: { text },
    },
  });
  return data.output?.message || data.output || '';
}

export async function chat(question) {
  const done = await apiFetch('/chat/completions', {
    method: 'POST',
    body: { model: 'gpt-4.1-mini', messages: [{ role: 'user', content: question }] },
  });
  return done.choices[0].message.content;
}

export const models = () => apiFetch('/models');
