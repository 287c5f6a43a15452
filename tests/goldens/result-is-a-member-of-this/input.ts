export class Chat {
  private answer = '';

  async send(userMessage: string): Promise<void> {
    const response = await fetch('https://api.openai.com/v1/workflows/runs', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Authorization': `Bearer ${this.config.apiKey}`
      },
      body: JSON.stringify({
        workflow_id: this.config.workflowId,
        input: {
          message: userMessage
        }
      })
    });
    const data = await response.json();
    this.answer = data.output?.message || data.output || '';
  }
}
