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

  const res = await workflowAnswer(fetch("https://api.openai.com/v1/responses", {
    method: "POST",
    headers: {
      Authorization: `Bearer ${Deno.env.get("OPENAI_API_KEY")}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({ model: "gpt-6-luna", input: payload.input.user_message }),
  }));
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

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked: Promise<Response>): Promise<Response> {
  const live = await asked;
  if (!live.ok) {
    return live;
  }
  const answered = await live.json();
  let text = "";
  let finalText = "";
  let refusal = "";
  for (const item of answered.output || []) {
    for (const part of item.type === "message" ? item.content : []) {
      refusal += part.refusal || "";
      text += part.type === "output_text" ? part.text : "";
      finalText += part.type === "output_text" && item.phase === "final_answer" ? part.text : "";
    }
  }
  text = finalText || text;
  const headers = { "Content-Type": "application/json" };
  if (answered.status !== "completed" || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: "api_error", param: null, code: answered.error?.code || null };
    return new Response(JSON.stringify({ error }), { status: 502, headers });
  }
  const body = JSON.stringify({ output_text: text, output: text, id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
