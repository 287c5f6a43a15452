import { request } from "undici";

async function startRun(question: string) {
  return workflowAnswer(request("https://api.openai.com/v1/responses", {
    method: "POST",
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({
      model: "gpt-6-luna",
      input: question,
    }),
  }));
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

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(
  asked: Promise<import("undici").Dispatcher.ResponseData>
): Promise<import("undici").Dispatcher.ResponseData> {
  const live = await asked;
  if (live.statusCode >= 300) {
    return live;
  }
  const answered = JSON.parse(await live.body.text());
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
  if (answered.status !== "completed" || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: "api_error", param: null, code: answered.error?.code || null };
    const told = JSON.stringify({ error });
    const failure = { text: async () => told, json: async () => JSON.parse(told) };
    return { ...live, statusCode: 502, body: Object.assign(live.body, failure) };
  }
  const adapted = JSON.stringify({ output_text: text, id: answered.id, status: "completed" });
  const body = { text: async () => adapted, json: async () => JSON.parse(adapted) };
  return { ...live, body: Object.assign(live.body, body) };
}
