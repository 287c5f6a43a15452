const base = 'https://api.openai.com/v1';
const headers = {
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  'Content-Type': 'application/json',
};

export async function startEval(evalId: string, source: unknown) {
  const res = await fetch(`${base}/evals/${evalId}/runs`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ name: 'nightly', data_source: source }),
  });
  return res.json();
}

export async function startTuning(file: string) {
  const res = await fetch(`${base}/fine_tuning/jobs`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ training_file: file, model: 'gpt-4o-mini' }),
  });
  return res.json();
}
