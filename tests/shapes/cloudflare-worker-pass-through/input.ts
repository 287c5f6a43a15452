interface Env {
  OPENAI_API_KEY: string;
  WORKFLOW_ID: string;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { input } = (await request.json()) as { input: string };

    const upstream = await fetch("https://api.openai.com/v1/workflows/runs", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${env.OPENAI_API_KEY}`,
        "openai-beta": "workflows=v1",
      },
      body: JSON.stringify({
        workflow: { id: env.WORKFLOW_ID, version: "3" },
        input: { input_as_text: input },
      }),
    });

    const text = await upstream.text();
    return new Response(text, {
      status: upstream.status,
      headers: { "content-type": "application/json", "access-control-allow-origin": "*" },
    });
  },
};
