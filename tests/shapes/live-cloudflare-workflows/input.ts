interface Env {
  ORDERS: Workflow;
  OPENAI_API_KEY: string;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const params = await request.json();
    const instance = await env.ORDERS.create({ params });
    const status = await instance.status();
    return Response.json({ id: instance.id, status });
  },
};
