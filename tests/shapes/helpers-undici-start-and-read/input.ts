import { request } from "undici";

async function startRun(question: string) {
  return request("https://api.openai.com/v1/workflows/runs", {
    method: "POST",
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({
      workflow_id: process.env.OPENAI_WORKFLOW_ID,
      input: { message: question },
    }),
  });
}

async function readReply(response: Awaited<ReturnType<typeof startRun>>): Promise<string> {
  const { statusCode, body } = response;
  if (statusCode !== 200) {
    throw new Error(`OpenAI answered ${statusCode}: ${await body.text()}`);
  }
  const run = (await body.json()) as { output_text: string };
  return run.output_text;
}

export async function askConcierge(question: string): Promise<string> {
  const response = await startRun(question);
  return readReply(response);
}
