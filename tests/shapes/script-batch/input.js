#!/usr/bin/env node
require('dotenv').config();

const API_BASE = process.env.API_BASE || 'https://api.openai.com/v1';
const WORKFLOW = process.env.WORKFLOW_ID;
const questions = ['What is 2 + 2?', 'What is 3 + 3?'];

async function ask(question) {
  const response = await fetch(`${API_BASE}/workflows/${WORKFLOW}/runs`, {
    method: 'POST',
    headers: {
      'Authorization': `Bearer ${process.env.OPENAI_API_KEY}`,
      'Content-Type': 'application/json',
      'OpenAI-Beta': 'workflows=v1',
    },
    body: JSON.stringify({ input: { message: question } }),
  });

  if (!response.ok) {
    throw new Error(`API error: ${response.status}`);
  }

  const data = await response.json();
  return data.output_text || data.output?.message || '(none)';
}

(async () => {
  for (const question of questions) {
    const answer = await ask(question);
    console.log(`Q: ${question}\nA: ${answer}\n`);
  }
})().catch((err) => {
  console.error('❌', err.message);
  process.exit(1);
});
