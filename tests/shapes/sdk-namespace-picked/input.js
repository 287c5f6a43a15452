import OpenAI from "openai";

const WORKFLOW = process.env.OPENAI_WORKFLOW_ID || "";
const client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

console.log("workflows?", !!(client.workflows?.runs || client.beta?.workflows?.runs));

// Where this version of the package has them.
function workflows() {
  if (client.workflows?.runs?.create) return client.workflows;
  if (client.beta?.workflows?.runs?.create) return client.beta.workflows;
  throw new Error("no workflows in this version of the package");
}

export async function reply(question) {
  try {
    const api = workflows(); // throws where there are none
    const run = await api.runs.create({
      workflow_id: WORKFLOW,
      input: { input_as_text: question },
    });
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
