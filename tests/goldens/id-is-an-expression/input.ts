export async function send(env: Env, userMessage: string) {
  let text = '';
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${env.KEY ?? ""}`
    },
    body: JSON.stringify({
      workflow_id: env.WORKFLOW_ID || 'wf_default',
      input: {
        message: userMessage
      }
    })
  });
  const data = await response.json();
  text = data.output?.message || data.output || '';
  return text;
}
