const BASE = 'https://api.openai.com/v1/workflows/wf_judge/runs';
const headers = {
  'Content-Type': 'application/json',
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
};

export async function judge(message) {
  const started = await fetch(BASE, {
    method: 'POST',
    headers,
    body: JSON.stringify({ input: { message } }),
  });
  if (!started.ok) throw new Error(`start: ${started.status}`);
  let run = await started.json();
  while (run.status === 'queued' || run.status === 'in_progress') {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const polled = await fetch(`${BASE}/${run.id}`, { headers });
    if (!polled.ok) throw new Error(`poll: ${polled.status}`);
    run = await polled.json();
  }
  if (run.status !== 'completed') throw new Error(`run ${run.status}`);
  return { title: run.output.title, passed: run.output.score > 2 };
}
