import type { NextApiRequest, NextApiResponse } from "next";

// What does the API say? Open /api/inspect and see.
export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  const { message } = req.body;
  const reply = await fetch("https://api.openai.com/v1/workflows/runs", {
    method: "POST",
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "Content-Type": "application/json",
      "OpenAI-Beta": "workflows=v1",
    },
    body: JSON.stringify({
      workflow_id: process.env.WORKFLOW_ID,
      inputs: { message },
    }),
  });

  const status = reply.status;
  const raw = await reply.text();
  console.log("start of it:", raw.slice(0, 200));

  return res.status(200).json({ seen: { status, raw: raw.trim().slice(0, 2000) } });
}
