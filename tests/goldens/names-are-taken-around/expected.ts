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
    // ASSISTANTS MODE: Use OpenAI Assistants API
    // Build thread messages
    const threadMessages2 = [
      {
        role: 'user' as const,
        content: userMessage
      }
    ];

    console.log('[Assistants API] Creating thread and running assistant:', config.workflowId);

    // Create thread and run assistant in one request
    const response = await fetch('https://api.openai.com/v1/threads/runs', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Authorization': `Bearer ${config.apiKey}`,
        'OpenAI-Beta': 'assistants=v2'
      },
      body: JSON.stringify({
        assistant_id: config.workflowId,
        thread: {
          messages: threadMessages2
        }
      })
    });
    const data = await response.json();
    // Assistants API response format
    // The response is a Run object - we need to poll until it completes
    // For now, extract the message from the completed run
    const runId2 = data.id;
    const threadId2 = data.thread_id;
    const status2 = data.status;

    console.log('[Assistants API] Run created:', { runId: runId2, threadId: threadId2, status: status2 });

    // Poll for completion
    let pollAttempts2 = 0;
    const maxAttempts2 = 30; // 30 seconds max

    while (pollAttempts2 < maxAttempts2) {
      await new Promise(resolve => setTimeout(resolve, 1000)); // Wait 1 second

      const statusResponse2 = await fetch(`https://api.openai.com/v1/threads/${threadId2}/runs/${runId2}`, {
        headers: {
          'Authorization': `Bearer ${config.apiKey}`,
          'OpenAI-Beta': 'assistants=v2'
        }
      });

      const statusData2 = await statusResponse2.json();
      console.log('[Assistants API] Run status:', statusData2.status);

      if (statusData2.status === 'completed') {
        // Get messages from thread
        const messagesResponse2 = await fetch(`https://api.openai.com/v1/threads/${threadId2}/messages`, {
          headers: {
            'Authorization': `Bearer ${config.apiKey}`,
            'OpenAI-Beta': 'assistants=v2'
          }
        });

        const messagesData2 = await messagesResponse2.json();
        const latestMessage2 = messagesData2.data[0]; // First message is the latest
        text = latestMessage2.content[0].text.value;
        break;
      } else if (statusData2.status === 'failed' || statusData2.status === 'cancelled') {
        throw new Error(`Assistant run ${statusData2.status}: ${statusData2.last_error?.message || 'Unknown error'}`);
      }

      pollAttempts2++;
    }

    if (!text) {
      console.error('[Assistants API] Response:', data);
      throw new Error('No response received from assistant (timeout or failed)');
    }
  }
  return text;
}
