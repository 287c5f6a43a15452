import type { NextApiRequest, NextApiResponse } from "next";

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  const { message, threadId } = req.body as { message: string; threadId?: string };

  const response = await fetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "OpenAI-Beta": "workflows=v1",
    },
    body: JSON.stringify({
      input: { message },
      ...(threadId ? { session_id: threadId } : {}),
    }),
  });

  if (!response.ok) {
    return res.status(response.status).json({ error: "Request failed" });
  }

  const data = await response.json();
  res.json({ reply: data.output_text });
}
