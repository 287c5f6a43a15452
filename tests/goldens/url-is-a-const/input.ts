import { config } from './config';

const WORKFLOW_URL = 'https://api.openai.com/v1/workflows/runs';
const TIMEOUT = 30000;

export async function send(userMessage: string) {
  let text = '';
  const response = await fetch(WORKFLOW_URL, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${config.apiKey}`
    },
    body: JSON.stringify({
      workflow_id: config.workflowId,
      input: {
        message: userMessage
      }
    }),
    signal: AbortSignal.timeout(TIMEOUT)
  });
  const data = await response.json();
  text = data.output?.message || data.output || '';
  return text;
}
