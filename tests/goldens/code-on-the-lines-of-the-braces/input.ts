export async function send(config: Config, on: boolean, userMessage: string) {
  let text = '';
  if (on) { const response = await fetch('https://api.openai.com/v1/workflows/runs', { method: 'POST', headers: { Authorization: config.key }, body: JSON.stringify({ workflow_id: 'wf_1', input: { message: userMessage } }) }); const data = await response.json(); text = data.output?.message || ''; }
  return text;
}
