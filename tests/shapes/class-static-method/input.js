export class Assistant {
  static async ask({ apiKey, workflowId, message }) {
    const response = await fetch('https://api.openai.com/v1/workflows/runs', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Authorization': `Bearer ${apiKey}`
      },
      body: JSON.stringify({
        workflow_id: workflowId,
        input: { message }
      })
    });

    if (!response.ok) {
      throw new Error(`Assistant request failed (${response.status})`);
    }

    const data = await response.json();
    return data.output?.message || data.output || '';
  }
}
