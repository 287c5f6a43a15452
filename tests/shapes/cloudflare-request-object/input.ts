interface Env {
  OPENAI_API_KEY: string;
  WORKFLOW_ID: string;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { message } = await request.json<{ message: string }>();
    const upstream = await fetch(
      new Request('https://api.openai.com/v1/workflows/runs', {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${env.OPENAI_API_KEY}`,
          'Content-Type': 'application/json',
        },
        body: JSON.stringify({ workflow_id: env.WORKFLOW_ID, input: { message } }),
      }),
    );
    if (!upstream.ok) {
      return Response.json({ error: 'upstream' }, { status: 502 });
    }
    const run: any = await upstream.json();
    return Response.json({ reply: run.output_text });
  },
};
