#!/usr/bin/env node
import fetch from 'node-fetch';

const API_KEY = process.env.OPENAI_API_KEY;
const WORKFLOW_ID = 'wf_123';

async function main() {
  const prompt = process.argv.slice(2).join(' ');
  if (!prompt) {
    console.error('usage: ask <prompt>');
    process.exit(2);
  }

  const payload = { input: { input_as_text: prompt } };
  const res = await fetch(`https://api.openai.com/v1/workflows/${WORKFLOW_ID}/runs`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${API_KEY}`,
      'Content-Type': 'application/json',
      'OpenAI-Beta': 'workflows=v1',
    },
    body: JSON.stringify(payload),
  });

  const raw = await res.text();
  if (!res.ok) {
    throw new Error(`HTTP ${res.status}: ${raw}`);
  }
  const json = JSON.parse(raw);
  console.log(json.output_text ?? json.output?.text ?? '');
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
