export default {
  async fetch(request: Request, env: { OPENAI_API_KEY: string; WORKFLOW_ID: string }) {
    const { message } = (await request.json()) as { message: string };
    const upstream = await fetch(`https://api.openai.com/v1/workflows/${env.WORKFLOW_ID}/runs`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${env.OPENAI_API_KEY}`,
        "Content-Type": "application/json",
        "OpenAI-Beta": "workflows=v1",
        Accept: "text/event-stream",
      },
      body: JSON.stringify({ input: { message }, stream: true }),
    });
    return new Response(upstream.body, {
      status: upstream.status,
      headers: { "Content-Type": "text/event-stream", "Access-Control-Allow-Origin": "*" },
    });
  },
};
