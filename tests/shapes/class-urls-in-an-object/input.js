class Desk {
  constructor(settings = {}) {
    this.key = settings.key || process.env.OPENAI_API_KEY;
    this.workflowId = settings.workflowId || process.env.WORKFLOW_ID;
    this.addresses = {
      chat: 'https://api.openai.com/v1/chat/completions',
      workflows: 'https://api.openai.com/v1/workflows',
    };
  }

  headers() {
    return { 'Content-Type': 'application/json', Authorization: `Bearer ${this.key}` };
  }

  async title(text) {
    const res = await fetch(this.addresses.chat, {
      method: 'POST',
      headers: this.headers(),
      body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: text }] }),
    });
    const data = await res.json();
    return data.choices[0].message.content;
  }

  async answer(text) {
    const res = await fetch(`${this.addresses.workflows}/${this.workflowId}/runs`, {
      method: 'POST',
      headers: this.headers(),
      body: JSON.stringify({ input: { message: text } }),
    });
    if (!res.ok) {
      throw new Error('The desk does not answer: ' + res.status);
    }
    const data = await res.json();
    return data.output_text || data.output;
  }
}

module.exports = { Desk };
