export async function ask(messages, config) {
  const response = await fetch("https://api.openai.com/v1/responses", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "Authorization": `Bearer ${config.apiKey}`
    },
    body: JSON.stringify({
      model: "gpt-6-luna",
      input: messages.map(m => ({ role: m.role, content: m.content }))
    })
  });
  if (!response.ok) {
    const error = await response.json();
    throw new Error(error.error.message);
  }
  const run = await response.json();
  if (run.status === "completed") {
    let answerText = "";
    let finalText = "";
    for (const item of run.output) {
      for (const part of item.type === "message" ? item.content : []) {
        if (part.type === "refusal") {
          throw new Error(`The model refused: ${part.refusal}`);
        } else if (part.type === "output_text") {
          answerText += part.text;
          finalText += item.phase === "final_answer" ? part.text : "";
        }
      }
    }
    answerText = finalText || answerText;
    if (!answerText) {
      throw new Error("OpenAI response has no text");
    }
    // the newest comes first
    return answerText;
  } else if (run.status === "failed" || run.status === "cancelled") {
    throw new Error(`Run ${run.status}: ${run.error?.message || "unknown"}`);
  }
  throw new Error("No answer in time");
}
