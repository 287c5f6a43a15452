const BASE = "https://api.openai.com/v1";

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
    "OpenAI-Beta": "workflows=v1",
  };
  try {
    const startedRes = await fetch(`${BASE}/workflows/${process.env.WORKFLOW_ID}/runs`, {
      method: "POST",
      headers,
      body: JSON.stringify({ inputs: { question: req.body.question } }),
    });
    const started = await taken(startedRes);
    if (!startedRes.ok) {
      const why = started.json?.error?.message || started.raw || "not started";
      return res.status(startedRes.status).json({ error: `[start] ${startedRes.status}: ${why}` });
    }

    let run = started.json;
    let status = run?.status;
    for (let left = 30; left > 0 && status !== "completed" && status !== "failed"; left -= 1) {
      await new Promise((r) => setTimeout(r, 500));
      const nextRes = await fetch(`${BASE}/workflows/runs/${started.json.id}`, { headers });
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
