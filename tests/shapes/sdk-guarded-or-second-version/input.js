import OpenAI from "openai";

const KEY = process.env.OPENAI_API_KEY;
const PROJECT = process.env.OPENAI_PROJECT;
const WORKFLOW = process.env.OPENAI_WORKFLOW_ID || "";
const client = new OpenAI({ apiKey: KEY });

// The words of a run, wherever they are.
const wordsOf = (run) => {
  const item = run?.output?.[0] || run?.result?.output?.[0];
  const part = item?.content?.[0];
  if (part?.type === "output_text" && part?.text) return part.text;
  if (part?.type === "text" && part?.text) return part.text;
  if (Array.isArray(run?.output) && typeof run.output[0] === "string") return run.output[0];
  return null;
};

export async function reply(question) {
  try {
    const known = client?.beta?.workflows?.runs?.create;
    if (typeof known === "function") {
      const run = await client.beta.workflows.runs.create({
        workflow_id: WORKFLOW,
        input: { input_as_text: question },
      });
      const words = wordsOf(run);
      return words ? words.trim() : "No words.";
    }

    // An old package: by hand.
    const url = `https://api.openai.com/v2/workflows/${encodeURIComponent(WORKFLOW)}/runs`;
    const headers = { Authorization: `Bearer ${KEY}`, "Content-Type": "application/json" };
    if (PROJECT) headers["OpenAI-Project"] = PROJECT;
    const res = await fetch(url, {
      method: "POST",
      headers,
      body: JSON.stringify({ input: { input_as_text: question } }),
    });
    const raw = await res.text();
    if (!res.ok) {
      console.error("workflow:", res.status, raw);
      return "Something broke.";
    }
    const words = wordsOf(JSON.parse(raw));
    return words ? words.trim() : "No words.";
  } catch (error) {
    console.error("workflow:", error);
    return "Something broke.";
  }
}
