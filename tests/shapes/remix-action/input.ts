import { json, type ActionFunctionArgs } from "@remix-run/node";

export async function action({ request }: ActionFunctionArgs) {
  const { question } = await request.json();

  const response = await fetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "Content-Type": "application/json",
      "OpenAI-Beta": "workflows=v1",
    },
    body: JSON.stringify({ input: { input_as_text: question } }),
  });

  if (!response.ok) {
    throw new Response("The agent failed", { status: 502 });
  }

  const run = await response.json();
  return json({ reply: run.output_text });
}
