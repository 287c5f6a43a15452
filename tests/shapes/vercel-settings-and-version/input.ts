import type { VercelRequest, VercelResponse } from '@vercel/node';

interface Settings {
  apiBase: string;
  workflowId: string;
  version: string;
}

interface Question {
  input_as_text: string;
}

function readSettings(): Settings {
  return {
    apiBase: process.env.AGENT_API_BASE || 'https://api.openai.com',
    workflowId: process.env.OPENAI_WORKFLOW_ID ?? '',
    version: process.env.AGENT_VERSION ?? '',
  };
}

export default async function handler(req: VercelRequest, res: VercelResponse) {
  if (req.method !== 'POST') return res.status(405).end();
  try {
    const question: Question = { input_as_text: String(req.body.question) };
    const answer = await runAgent(process.env.OPENAI_API_KEY!, question, readSettings());
    return res.status(200).json({ answer });
  } catch (error) {
    console.error(error);
    return res.status(502).json({ error: 'the agent did not answer' });
  }
}

async function runAgent(key: string, question: Question, settings: Settings): Promise<string> {
  const runs = `${settings.apiBase}/v1/workflows/${settings.workflowId}/runs`;
  // A version that is pinned is asked for by name, else the published one runs.
  const url = settings.version ? `${runs}?version=${settings.version}` : runs;

  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${key}`,
      'OpenAI-Beta': 'workflows=v1',
    },
    body: JSON.stringify({ input: question }),
  });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.error?.message || `agent: ${response.status}`);
  }
  const run = await response.json();
  return run.output_text || run.output?.text || '';
}
