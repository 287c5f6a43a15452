import { serve } from "https://deno.land/std@0.168.0/http/server.ts";

const OPENAI_BASE = "https://api.openai.com/v1";
const OPENAI_API_KEY = Deno.env.get("OPENAI_API_KEY") ?? "";
const WORKFLOW_ID = Deno.env.get("WORKFLOW_ID") ?? "";

serve(async (req: Request) => {
  const { message } = await req.json();

  const body = {
    workflow_id: WORKFLOW_ID,
    input: { message },
  };

  const response = await fetch(`${OPENAI_BASE}/workflows/runs`, {
    method: "POST",
    headers: {
      "Authorization": `Bearer ${OPENAI_API_KEY}`,
      "Content-Type": "application/json",
      "OpenAI-Beta": "workflows=v1",
    },
    body: JSON.stringify(body),
  });

  const result = await response.json();
  console.log("workflow result", result);

  return new Response(JSON.stringify(result), {
    status: response.ok ? 200 : 500,
    headers: { "Content-Type": "application/json" },
  });
});
