import { NextResponse } from "next/server";

export async function POST(req: Request) {
  const { message, history } = await req.json();
  const key = process.env.OPENAI_API_KEY;

  // 1) try the published workflow
  try {
    const wf = await fetch(`https://api.openai.com/v1/workflows/${process.env.OPENAI_WORKFLOW_ID}/runs`, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json", "OpenAI-Beta": "workflows=v1" },
      body: JSON.stringify({ input: { message, history } }),
    });
    if (wf.ok) {
      const data = await wf.json();
      const reply = data.output_text ?? data.output?.[0]?.content?.[0]?.text;
      if (reply) {
        return NextResponse.json({ reply, source: "workflow" });
      }
    }
  } catch (e) {
    console.warn("workflow unavailable", e);
  }

  // 2) otherwise ask the model directly
  const chat = await fetch("https://api.openai.com/v1/chat/completions", {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify({ model: "gpt-5.4-mini", messages: [...(history ?? []), { role: "user", content: message }] }),
  });
  const json = await chat.json();
  return NextResponse.json({ reply: json.choices?.[0]?.message?.content ?? "", source: "model" });
}
