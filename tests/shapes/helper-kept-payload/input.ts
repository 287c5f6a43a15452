type Turn = { role: 'user' | 'assistant'; content: string };

const calls: unknown[] = [];

async function send(path: string, payload: unknown) {
  const r = await fetch(`https://api.openai.com/v1${path}`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'Content-Type': 'application/json'
    },
    body: JSON.stringify(payload)
  });
  return { ok: r.ok, status: r.status, data: await r.json().catch(() => null) };
}

export async function answer(message: string, earlier: Turn[]) {
  const payload = {
    workflow_id: process.env.WORKFLOW_ID,
    input: {
      message,
      conversation_history: earlier.map((turn) => ({ role: turn.role, content: turn.content }))
    }
  };
  const result = await send('/workflows/runs', payload);
  calls.push({ payload, status: result.status });
  if (!result.ok) {
    throw new Error(`HTTP ${result.status}`);
  }
  return { text: result.data.output?.message ?? result.data.output, asked: payload.input.message };
}
