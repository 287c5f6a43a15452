const cors = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'POST, OPTIONS',
  'Access-Control-Allow-Headers': 'Content-Type',
};

export default {
  async fetch(request, env) {
    if (request.method === 'OPTIONS') {
      return new Response(null, { headers: cors });
    }
    if (request.method !== 'POST') {
      return new Response('Not found', { status: 404, headers: cors });
    }

    const { message } = await request.json();

    const r = await fetch(`https://api.openai.com/v1/workflows/${env.WORKFLOW_ID}/runs`, {
      method: 'POST',
      headers: {
        'Authorization': `Bearer ${env.OPENAI_API_KEY}`,
        'Content-Type': 'application/json',
        'OpenAI-Beta': 'workflows=v1',
      },
      body: JSON.stringify({ input: { message } }),
    });

    if (!r.ok) {
      const detail = await r.text();
      return new Response(JSON.stringify({ error: 'OpenAI error', detail }), { status: 502, headers: { ...cors, 'Content-Type': 'application/json' } });
    }

    const data = await r.json();
    const reply = data?.output?.[0]?.content?.[0]?.text ?? data?.output_text ?? '';

    return new Response(JSON.stringify({ reply }), {
      headers: { ...cors, 'Content-Type': 'application/json' },
    });
  },
};
