const KEY = process.env.OPENAI_API_KEY;
const WORKFLOW = process.env.OPENAI_WORKFLOW_ID;

export async function answerOf(question: string, channel: string): Promise<string> {
  // The API was renamed now and then.
  const endpoints = [
    'https://api.openai.com/v1/responses',
    'https://api.openai.com/v1/workflows/runs',
    'https://api.openai.com/v1/beta/responses',
  ];
  let failure: Error | undefined;

  for (const endpoint of endpoints) {
    const res = await fetch(endpoint, {
      method: 'POST',
      headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ workflow_id: WORKFLOW, input: question, metadata: { channel } }),
    });
    if (!res.ok) {
      failure = new Error(`${endpoint} answered ${res.status}`);
      continue;
    }
    const answered = await res.json();
    return answered.output_text || answered.output?.text || 'Nothing was said.';
  }

  throw failure ?? new Error('no endpoint');
}
