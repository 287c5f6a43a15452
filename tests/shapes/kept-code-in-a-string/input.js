import { writeFileSync } from 'node:fs';

const template = `
export async function ask(message) {
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    body: JSON.stringify({ workflow_id: 'wf_123', input: { message } }),
  });
  return (await res.json()).output.message;
}
`;

writeFileSync('generated/ask.mjs', template);
