import { statusResponse, statusData } from './a';
import messagesResponse from './b';
import * as messagesData from './c';

const threadMessages = [];
function runId() {}
class threadId {}
enum latestMessage { None }

export async function send(config: Config, userMessage: string, status: number, { pollAttempts, maxAttempts = 3 } = {}) {
  let text = '';
  if (userMessage) {
    const response = await fetch('https://api.openai.com/v1/workflows/runs', {
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
      })
    });
    const data = await response.json();
    text = data.output?.message || data.output || '';
  }
  return text;
}
