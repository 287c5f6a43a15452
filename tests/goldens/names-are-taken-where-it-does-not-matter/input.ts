interface status { runId: string; threadId: string }

export async function send(config: Config, userMessage: string, rows: { status: number }[]) {
  let text = '';
  const counts = rows.map(row => row.status);
  const pick = (runId: string) => runId;
  if (counts.length) {
    const maxAttempts = 2;
    text = pick(String(maxAttempts));
  }
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
  return { text, threadId: 1 };
}
