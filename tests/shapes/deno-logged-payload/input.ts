const WORKFLOW_ID = "wf_68e1c0ffee";

Deno.serve(async (req) => {
  const { question } = await req.json();

  let asked = 0;
  const payload = {
    workflow_id: WORKFLOW_ID,
    input: {
      user_message: `${question} (${++asked})`,
    },
  };
  console.log("Sending", JSON.stringify(payload));

  const res = await fetch("https://api.openai.com/v1/workflows/runs", {
    method: "POST",
    headers: {
      Authorization: `Bearer ${Deno.env.get("OPENAI_API_KEY")}`,
      "Content-Type": "application/json",
      "OpenAI-Beta": "workflows=v1",
    },
    body: JSON.stringify(payload),
  });
  const raw = await res.text();

  if (!res.ok) {
    console.error("The workflow failed", res.status, raw);
    return Response.json({ error: `OpenAI answered ${res.status}`, payload }, { status: 502 });
  }

  const data = JSON.parse(raw);
  const output = data.output || data.result || data;

  let parsed: { sql?: string; explanation?: string };
  if (typeof output === "string") {
    try {
      parsed = JSON.parse(output);
    } catch {
      parsed = { explanation: output };
    }
  } else if (output.sql || output.explanation) {
    parsed = output;
  } else {
    parsed = { explanation: JSON.stringify(output) };
  }

  await fetch(`${Deno.env.get("SUPABASE_URL")}/rest/v1/questions`, {
    method: "POST",
    headers: { apikey: Deno.env.get("SUPABASE_KEY")!, "Content-Type": "application/json" },
    body: JSON.stringify({ asked: payload, explained: Boolean(parsed.explanation) }),
  });

  return Response.json({ answer: parsed.explanation ?? parsed.sql, sent: payload.input.user_message });
});
