const openai = {
  base: 'https://api.openai.com/v1',
  workflowId: process.env.WORKFLOW_ID,

  async models() {
    const response = await fetch(`${this.base}/models`, {
      headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
    });
    return response.json();
  },

  async ask(message) {
    const response = await fetch(`${this.base}/workflows/${this.workflowId}/runs`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      },
      body: JSON.stringify({ input: { message } }),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const run = await response.json();
    return run.output_text;
  },
};

const ask = (message) => openai.ask(message);

module.exports = { ask };
