interface Env { OPENAI_API_KEY: string; WORKFLOW_ID: string }
interface Turn { role: "user" | "assistant"; content: string }

async function chat(request: Request, env: Env): Promise<Response> {
  const { message, history } = (await request.json()) as { message: string; history: Turn[] };
  const response = await fetch("https://api.openai.com/v1/workflows/runs", {
    method: "POST",
    headers: {
      Authorization: `Bearer ${env.OPENAI_API_KEY}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({
      workflow_id: env.WORKFLOW_ID,
      input: { message, history },
    }),
  });
  if (!response.ok) {
    return Response.json({ error: "upstream" }, { status: 502 });
  }
  const data = (await response.json()) as any;
  return Response.json({ reply: data.output_text || data.output?.message || "" });
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/chat" && request.method === "POST") return chat(request, env);
    if (pathname === "/health") return new Response("ok");
    return new Response("Not found", { status: 404 });
  },
};
