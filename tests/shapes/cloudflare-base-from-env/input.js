export default {
  async fetch(request, env) {
    const base = env.OPENAI_BASE_URL || 'https://api.openai.com';
    const { message } = await request.json();

    const res = await fetch(`${base}/v1/workflows/${env.WORKFLOW_ID}/runs`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${env.OPENAI_API_KEY}`,
        'Content-Type': 'application/json',
        'OpenAI-Beta': 'workflows=v1',
      },
      body: JSON.stringify({ input: { message } }),
    });
    if (!res.ok) {
      return new Response(JSON.stringify({ error: 'workflow failed' }), { status: 502 });
    }
    const data = await res.json();
    return new Response(JSON.stringify({ reply: data.output_text }), {
      headers: { 'Content-Type': 'application/json' },
    });
  },
};
