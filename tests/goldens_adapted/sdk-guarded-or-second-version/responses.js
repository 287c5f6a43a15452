import OpenAI from "openai";

const KEY = process.env.OPENAI_API_KEY;
const PROJECT = process.env.OPENAI_PROJECT;
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
    const known = client?.responses?.create;
    if (typeof known === "function") {
      const run = await workflowAnswer(client.responses.create({
        model: "gpt-6-luna",
        input: question,
      }));
      const words = wordsOf(run);
      return words ? words.trim() : "No words.";
    }

    // An old package: by hand.
    const headers = { Authorization: `Bearer ${KEY}`, "Content-Type": "application/json" };
    if (PROJECT) headers["OpenAI-Project"] = PROJECT;
    const res = await workflowAnswer2(fetch("https://api.openai.com/v1/responses", {
      method: "POST",
      headers,
      body: JSON.stringify({ model: "gpt-6-luna", input: question }),
    }));
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

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer2(asked) {
  const live = await asked;
  if (!live.ok) {
    return live;
  }
  const answered = await live.json();
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
  const headers = { "Content-Type": "application/json" };
  if (answered.status !== "completed" || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: "api_error", param: null, code: answered.error?.code || null };
    return new Response(JSON.stringify({ error }), { status: 502, headers });
  }
  const body = JSON.stringify({ output_text: text, output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text }] }], id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
