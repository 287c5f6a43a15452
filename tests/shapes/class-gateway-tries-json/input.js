class Gateway {
  constructor(key, log = { info() {} }) {
    this.key = key;
    this.log = log;
    this.root = 'https://api.openai.com/v1';
  }

  async send(path, payload, more = {}) {
    const got = await fetch(this.root + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${this.key}`, ...more },
      body: JSON.stringify(payload),
    });
    const written = await got.text();
    let parsed;
    try {
      parsed = JSON.parse(written);
    } catch {
      parsed = { written };
    }
    if (!got.ok) {
      throw new Error(parsed.error?.message ?? `status ${got.status}`);
    }
    return parsed;
  }

  async models() {
    return this.send('/embeddings', { model: 'text-embedding-3-small', input: 'x' });
  }

  async ask(question, person) {
    const run = await this.send(
      '/workflows/runs',
      { workflow_id: process.env.WORKFLOW_ID, input: { message: question }, user: person },
      { 'OpenAI-Beta': 'workflows=v1' },
    );
    this.log.info('run', run.id);
    return run.output_text || run.output?.text || '';
  }
}

export { Gateway };
