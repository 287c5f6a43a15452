const API_ROOT = (process.env.OPENAI_BASE_URL || 'https://api.openai.com').replace(/\/+$/, '');

const config = {
  openai: { workflows: { briefing: 'wf_briefing' } },
};

type Action = 'runs' | 'invoke';

function workflowUrl(id: string, action: Action = 'runs'): string {
  return `${API_ROOT}/v1/workflows/${encodeURIComponent(id)}/${action}`;
}

export async function brief(kind: 'briefing', question: string): Promise<string> {
  const id = config.openai.workflows[kind];
  const res = await fetch(workflowUrl(id), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ input: { question } }),
  });
  if (!res.ok) throw new Error(`briefing failed with ${res.status}`);
  const run = await res.json();
  return run.output_text ?? '';
}
