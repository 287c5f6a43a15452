export async function sendAll(config: Config, questions: string[]) {
  const answers: string[] = [];
  let text = '';
  for (const question of questions) {
    const response = await fetch('https://api.openai.com/v1/workflows/runs', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Authorization': `Bearer ${config.apiKey}`
      },
      body: JSON.stringify({
        workflow_id: config.workflowId,
        input: {
          message: question
        }
      })
    });
    const data = await response.json();
    text = data.output?.message || data.output || '';
    answers.push(text);
  }
  return answers;
}
