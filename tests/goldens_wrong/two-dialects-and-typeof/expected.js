export async function ask(question) {
  const response = await fetch("https://api.openai.com/v1/responses", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Authorization": `Bearer ${process.env.OPENAI_API_KEY}` },
    body: JSON.stringify({ "model": "gpt-6-luna", "input": question }),
  });
  const data = await response.json();
  if (!response.ok) {
    throw new Error(`OpenAI ${response.status}: ${JSON.stringify(data)}`);
  }
  const reply = responseText(data, "").trim();
  if (!reply) throw new Error("OpenAI gave an empty reply: no text");
  return reply;
}

export async function shout(question) {
  const res = await fetch('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
    body: JSON.stringify({ model: 'gpt-6-luna', input: question }),
  });
  const json = await res.json();
  const text = responseText(json).trim();
  return text.toUpperCase();
}

// The text of a response: of its messages, or of the final one where phases are marked.
// What is no answer is thrown, and so is an empty one unless `ifEmpty` stands in for it.
function responseText(answered, ifEmpty) {
  const { status, error, incomplete_details: details, output } = (answered ?? {});
  if (status !== "completed") {
    const reason = error?.message || details?.reason;
    throw new Error(`Response ${status || 'refused'}: ${reason || 'no reason given'}`);
  }
  let allText = "";
  let finalText = "";
  for (const item of output || []) {
    for (const part of item.type === "message" ? item.content : []) {
      if (part.type === "refusal") {
        throw new Error(`The model refused: ${part.refusal}`);
      } else if (part.type === "output_text") {
        allText += part.text;
        finalText += item.phase === "final_answer" ? part.text : "";
      }
    }
  }
  const found = finalText || allText;
  if (!found && ifEmpty === undefined) {
    throw new Error("No response received from the model (no text)");
  }
  return found || (ifEmpty ?? "");
}
