import Fastify from 'fastify';

const fastify = Fastify({ logger: false });

fastify.post('/answer', async (request, reply) => {
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'OpenAI-Beta': 'workflows=v1',
    },
    body: JSON.stringify({
      workflow_id: process.env.WORKFLOW_ID,
      input: { message: request.body.message },
    }),
  });
  if (!response.ok) {
    reply.code(502);
    return { error: 'workflow failed' };
  }
  const data = await response.json();
  return { reply: data.output_text };
});

fastify.listen({ port: 3000 });
