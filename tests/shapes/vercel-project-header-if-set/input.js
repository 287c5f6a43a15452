const KEY = process.env.OPENAI_API_KEY;
const PROJECT = process.env.OPENAI_PROJECT_ID || "";

export default async function handler(req, res) {
  const answer = await fetch("https://api.openai.com/v1/workflows/runs", {
    method: "POST",
    headers: {
      Authorization: `Bearer ${KEY}`,
      "Content-Type": "application/json",
      "OpenAI-Beta": "workflows=v2",
      ...(PROJECT ? { "OpenAI-Project": PROJECT } : {}),
    },
    body: JSON.stringify({
      workflow_id: process.env.WORKFLOW_ID,
      input: { input_as_text: req.body.text },
    }),
  });
  const raw = await answer.text();
  if (!answer.ok) {
    console.error("the run failed", answer.status, raw);
    return res.status(502).json({ error: "Please try again" });
  }
  const run = JSON.parse(raw);
  const part = run?.output?.[0]?.content?.[0];
  const said = part?.type === "output_text" ? part?.text : null;
  return res.status(200).json({ reply: said || "Nothing was said" });
}
