import OpenAI from "openai";

const WORKFLOW = process.env.OPENAI_WORKFLOW_ID || "";
const client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

console.log("workflows?", !!(client.workflows?.runs || client.beta?.workflows?.runs));

// Where this version of the package has them.
function workflows() {
  if (client.beta?.threads) return client.beta.threads;
  throw new Error("no workflows in this version of the package");
}

export async function reply(question) {
  try {
    const api = workflows(); // throws where there are none
    const run = await workflowAnswer(api.createAndRunPoll({
      assistant_id: WORKFLOW,
      thread: { messages: [{ role: "user", content: question }] },
    }, { pollIntervalMs: 1000, signal: AbortSignal.timeout(30000) }), client);
    const part = run?.output?.[0]?.content?.[0];
    const words = part?.type === "output_text" || part?.type === "text" ? part?.text : null;
    if (typeof words === "string" && words.trim()) return words.trim();
    console.warn("unknown:", JSON.stringify(run).slice(0, 300));
    return "No words.";
  } catch (error) {
    console.error("workflow:", error);
    return "Something broke.";
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
  return { output_text: text, output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text }] }], id: run.id, status: "completed" };
}
