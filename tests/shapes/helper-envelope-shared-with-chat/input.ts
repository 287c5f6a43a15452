interface Result<T> {
  ok: boolean;
  status: number;
  data: T | null;
}

async function call<T>(path: string, payload: Record<string, unknown>): Promise<Result<T>> {
  const res = await fetch(`https://api.openai.com/v1/${path}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`
    },
    body: JSON.stringify(payload)
  });
  const data = (await res.json().catch(() => null)) as T | null;
  return { ok: res.ok, status: res.status, data };
}

export async function ask(message: string, useAgent: boolean): Promise<string> {
  if (useAgent) {
    const run = await call<any>('workflows/runs', {
      workflow_id: process.env.WORKFLOW_ID,
      input: { message }
    });
    if (!run.ok) {
      throw new Error(`The agent answered ${run.status}`);
    }
    return run.data.output_text || run.data.output?.text;
  }

  const chat = await call<any>('chat/completions', {
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: message }]
  });
  if (!chat.ok) {
    throw new Error(`The chat answered ${chat.status}`);
  }
  return chat.data.choices[0].message.content;
}
