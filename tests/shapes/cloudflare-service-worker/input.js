addEventListener('fetch', (event) => {
  event.respondWith(handle(event.request));
});

const OPENAI_KEY = 'sk-test';

async function handle(request) {
  const { q } = await request.json();
  const res = await fetch('https://api.openai.com/v1/workflows/wf_123/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${OPENAI_KEY}`,
      'OpenAI-Beta': 'workflows=v1',
    },
    body: JSON.stringify({ input: q }),
  });
  const data = await res.json();
  const text = data.output_text || data.output || data.result || JSON.stringify(data);
  return new Response(text, { headers: { 'Content-Type': 'text/plain' } });
}
