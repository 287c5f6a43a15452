// The endpoint that support asks for
const URL = 'https://api.openai.com/v1/workflows/runs'; // keep: see ticket 7
const LIMIT = 3;

export async function send(config: Config, userMessage: string) {
  let text = '';
  const response = await fetch(URL, {
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
  return text.slice(0, LIMIT);
}
