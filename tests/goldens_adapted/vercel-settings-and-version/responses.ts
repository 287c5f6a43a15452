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
  // A version that is pinned is asked for by name, else the published one runs.

  const response = await workflowAnswer(fetch(`${settings.apiBase}/v1/responses`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${key}`,
    },
    body: JSON.stringify({ model: 'gpt-6-luna', input: question.input_as_text }),
  }));
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.error?.message || `agent: ${response.status}`);
  }
  const run = await response.json();
  return run.output_text || run.output?.text || '';
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked: Promise<Response>): Promise<Response> {
  const live = await asked;
  if (!live.ok) {
    return live;
  }
  const answered = await live.json();
  let text = '';
  let finalText = '';
  let refusal = '';
  for (const item of answered.output || []) {
    for (const part of item.type === 'message' ? item.content : []) {
      refusal += part.refusal || '';
      text += part.type === 'output_text' ? part.text : '';
      finalText += part.type === 'output_text' && item.phase === 'final_answer' ? part.text : '';
    }
  }
  text = finalText || text;
  const headers = { 'Content-Type': 'application/json' };
  if (answered.status !== 'completed' || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: 'api_error', param: null, code: answered.error?.code || null };
    return new Response(JSON.stringify({ error }), { status: 502, headers });
  }
  const body = JSON.stringify({ output_text: text, id: answered.id, status: 'completed' });
  return new Response(body, { status: live.status, headers });
}
