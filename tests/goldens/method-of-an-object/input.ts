export const api = {
  name: 'workflow',
  async ask({ apiKey, workflowId }: Config, input: string) {
    const res = await fetch('https://api.openai.com/v1/workflows/runs', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Authorization': 'Bearer ' + apiKey
      },
      body: JSON.stringify({
        workflow_id: workflowId,
        input: {
          message: input
        }
      })
    });
    const json = await res.json();
    return json.output?.message || json.output || '';
  },
  ready: true
};
