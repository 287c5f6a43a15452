export default async function handler(req, res) {
  const { city, days } = req.body;
  if (!city || !days) {
    return res.status(400).json({ error: "city and days are needed" });
  }

  try {
    const response = await workflowAnswer(fetch(
      "https://api.openai.com/v1/responses",
      {
        method: "POST",
        headers: {
          Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
          "Content-Type": "application/json",
        },
        body: JSON.stringify({ model: "gpt-6-luna", input: JSON.stringify({ city, days }) }),
      },
    ));
    if (!response.ok) {
      return res.status(502).json({ error: "the planner does not answer" });
    }

    const plan = await response.json();

    // the plan itself
    if (plan.title && plan.stops) {
      return res.status(200).json(plan);
    }
    // or wrapped
    if (plan.output) {
      return res.status(200).json({ plan: plan.output });
    }
    // or not there yet
    if (plan.run_id && plan.status === "in_progress") {
      return res.status(202).json({ error: "still planning", run: plan.run_id });
    }
    return res.status(200).json(plan);
  } catch (error) {
    return res.status(500).json({ error: error.message });
  }
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked) {
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
