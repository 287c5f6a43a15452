export default async function handler(req, res) {
  const { message } = req.body;

  const r = await fetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "Authorization": `Bearer ${process.env.OPENAI_API_KEY}`,
      "OpenAI-Beta": "workflows=v1"
    },
    body: JSON.stringify({ input: { message } })
  });

  const data = await r.json();
  const reply = data.output_text || data.output?.[0]?.content?.[0]?.text || data.message || JSON.stringify(data);
  res.status(200).json({ reply });
}
