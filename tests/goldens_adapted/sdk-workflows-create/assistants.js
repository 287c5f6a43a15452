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

    const result = await workflowAnswer(client.beta.threads.createAndRunPoll({
      assistant_id: GUIDE,
      thread: { messages: [{ role: "user", content: question }] },
    }, { pollIntervalMs: 1000, signal: AbortSignal.timeout(30000) }), client);

    const text = result.output_text || "No answer";
    return res.status(200).json({ text });
  } catch (e) {
    console.error(e);
    return res.status(500).json({ error: e?.message || String(e) });
  }
}

// Takes an ended Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(asked, client2) {
  const run = await asked;
  let text = "";
  let failed;
  if (run.status === "completed") {
    const listing = { run_id: run.id, order: "asc", limit: 100 };
    const messages = await client2.beta.threads.messages.list(run.thread_id, listing);
    const parts = [];
    for (const message of messages.data) {
      parts.push(...(message.role === "assistant" ? message.content : []));
    }
    const refused = parts.find(part => part.type === "refusal");
    failed = refused ? `refused: ${refused.refusal}` : "";
    text = parts.filter(part => part.type === "text").map(part => part.text.value).join("\n\n");
  } else {
    failed = run.last_error?.message || run.incomplete_details?.reason || run.status;
  }
  if (failed || !text) {
    throw new Error(`Assistant run ${run.status}: ${failed || 'no text'}`);
  }
  return { output_text: text, id: run.id, status: "completed" };
}
