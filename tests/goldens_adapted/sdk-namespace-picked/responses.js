import OpenAI from "openai";

const client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

console.log("workflows?", !!(client.workflows?.runs || client.beta?.workflows?.runs));

// Where this version of the package has them.
function workflows() {
  if (client.responses) return client.responses;
  throw new Error("no workflows in this version of the package");
}

export async function reply(question) {
  try {
    const api = workflows(); // throws where there are none
    const run = await workflowAnswer(api.create({
      model: "gpt-6-luna",
      input: question,
    }));
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

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked) {
  const answered = await asked;
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
    throw new Error(`Response ${answered.status}: ${reason || 'no text'}`);
  }
  return { output_text: text, output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text }] }], id: answered.id, status: "completed" };
}
