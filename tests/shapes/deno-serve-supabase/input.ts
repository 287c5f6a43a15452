const corsHeaders = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "authorization, x-client-info, apikey, content-type",
};

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") {
    return new Response("ok", { headers: corsHeaders });
  }

  try {
    const { question, lang } = await req.json();
    const apiKey = Deno.env.get("OPENAI_API_KEY");
    const workflowId = Deno.env.get("OPENAI_WORKFLOW_ID");

    const res = await fetch(`https://api.openai.com/v1/workflows/${workflowId}/runs`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "Authorization": `Bearer ${apiKey}`,
        "OpenAI-Beta": "workflows=v1",
      },
      body: JSON.stringify({ input: { question, lang } }),
    });

    const text = await res.text();
    if (!res.ok) {
      throw new Error(`OpenAI ${res.status}: ${text}`);
    }

    const json = JSON.parse(text);
    const answer = json.output_text ?? json.output?.answer ?? json.result ?? null;

    return new Response(JSON.stringify({ answer }), {
      headers: { ...corsHeaders, "Content-Type": "application/json" },
    });
  } catch (e) {
    return new Response(JSON.stringify({ error: (e as Error).message }), {
      status: 500,
      headers: { ...corsHeaders, "Content-Type": "application/json" },
    });
  }
});
