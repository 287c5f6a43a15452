async function taken(response) {
  const raw = await response.text();
  try {
    return { json: JSON.parse(raw), raw };
  } catch {
    return { json: null, raw };
  }
}

export default async function handler(req, res) {
  const headers = {
    "Content-Type": "application/json",
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  };
  try {
    const startedRes = await workflowAnswer(fetch("https://api.openai.com/v1/responses", {
      method: "POST",
      headers,
      body: JSON.stringify({ model: "gpt-6-luna", input: req.body.question }),
    }));
    const started = await taken(startedRes);
    if (!startedRes.ok) {
      const why = started.json?.error?.message || started.raw || "not started";
      return res.status(startedRes.status).json({ error: `[start] ${startedRes.status}: ${why}` });
    }

    let run = started.json;
    let status = run?.status;
    for (let left = 30; left > 0 && status !== "completed" && status !== "failed"; left -= 1) {
      await new Promise((r) => setTimeout(r, 500));
      const nextRes = await workflowAnswer(fetch(`https://api.openai.com/v1/responses/${started.json.id}`, { headers }));
      const next = await taken(nextRes);
      if (!nextRes.ok) {
        const why = next.json?.error?.message || next.raw || "not there";
        return res.status(nextRes.status).json({ error: `[poll] ${nextRes.status}: ${why}` });
      }
      run = next.json;
      status = run?.status;
    }
    if (status !== "completed") {
      return res.status(500).json({ error: `ended as ${status ?? "nothing"}` });
    }

    const out = run?.output ?? {};
    let text = (typeof out === "string" ? out : "") || out.text || out.output_text || "";
    if (!text) text = JSON.stringify(out || run, null, 2);
    return res.status(200).json({ text: text.trim() });
  } catch (error) {
    return res.status(500).json({ error: error?.message || String(error) });
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
  const body = JSON.stringify({ output_text: text, output: { text }, id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
