import OpenAI from "openai";

const client = new OpenAI({
  apiKey: process.env.OPENAI_API_KEY,
  organization: process.env.OPENAI_ORG_ID || undefined,
});

const GUIDE = process.env.WORKFLOW_ID || "";

export default async function handler(req, res) {
  if (req.method !== "POST") return res.status(405).json({ error: "POST" });

  try {
    const { question } = req.body || {};
    if (!question) {
      return res.status(400).json({ error: "no question" });
    }

    const result = await client.workflows.create({
      workflow_id: GUIDE,
      inputs: { question },
    });

    const text = result.output_text || "No answer";
    return res.status(200).json({ text });
  } catch (e) {
    console.error(e);
    return res.status(500).json({ error: e?.message || String(e) });
  }
}
