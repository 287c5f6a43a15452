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
  const data = await workflowAnswer(apiFetch('/responses', {
    method: 'POST',
    body: {
      model: 'gpt-6-luna',
      input: text,
    },
  }));
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

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked) {
  const answered = await asked;
  let text = '';
  let finalText = '';
  let refusal = '';
  for (const item of answered.output || []) {
    for (const part of item.type === 'message' ? item.content : []) {
      refusal += part.refusal || '';
      text += part.type === 'output_text' ? part.text : '';
      finalText += part.type === 'output_text' && item.phase === 'final_answer' ? part.text : '';
    }
  }
  text = finalText || text;
  if (answered.status !== 'completed' || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    throw new Error(`Response ${answered.status}: ${reason || 'no text'}`);
  }
  return { output_text: text, output: { message: text }, id: answered.id, status: 'completed' };
}
