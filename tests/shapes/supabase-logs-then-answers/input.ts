import { serve } from "https://deno.land/std@0.177.0/http/server.ts";

serve(async (req) => {
  const { message } = await req.json();
  const payload = {
    input: { input_as_text: message },
    version: "latest",
  };

  const wfRes = await fetch(
    `https://api.openai.com/v1/workflows/${Deno.env.get("WORKFLOW_ID")}/runs`,
    {
      method: "POST",
      headers: {
        "Authorization": `Bearer ${Deno.env.get("OPENAI_API_KEY")}`,
        "Content-Type": "application/json",
        "OpenAI-Beta": "workflows=v1",
      },
      body: JSON.stringify(payload),
    },
  );

  const raw = await wfRes.text();
  if (!wfRes.ok) {
    return new Response(raw, { status: wfRes.status });
  }

  const run = JSON.parse(raw);
  const reply = run.output_text ?? run?.output?.text ?? "";

  await fetch(`${Deno.env.get("SUPABASE_URL")}/rest/v1/messages`, {
    method: "POST",
    headers: { apikey: Deno.env.get("SUPABASE_KEY")!, "Content-Type": "application/json" },
    body: JSON.stringify({ question: message, answer: reply }),
  });

  return new Response(JSON.stringify({ reply }), { headers: { "Content-Type": "application/json" } });
});
