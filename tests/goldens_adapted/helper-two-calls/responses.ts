const headers = {
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  "Content-Type": "application/json",
};

export async function summarise(text: string): Promise<string> {
  // RESPONSES MODE: Use OpenAI Responses API
  // Ask the model in one request
  const res = await fetch("https://api.openai.com/v1/responses", {
    method: "POST",
    headers,
    body: JSON.stringify({ model: "gpt-6-luna", input: text }),
  });
  if (!res.ok) throw new Error("summarise failed");
  const data = await res.json();
  // Responses API format: the answer is the text of the messages among the output items
  if (data.status !== "completed") {
    const reason = data.error?.message || data.incomplete_details?.reason;
    throw new Error(`Response ${data.status || 'refused'}: ${reason || 'no reason given'}`);
  }
  let allText = "";
  let finalText = "";
  for (const item of data.output) {
    for (const part of item.type === "message" ? item.content : []) {
      if (part.type === "refusal") {
        throw new Error(`The model refused: ${part.refusal}`);
      } else if (part.type === "output_text") {
        allText += part.text;
        finalText += item.phase === "final_answer" ? part.text : "";
      }
    }
  }
  const assistantMessage = finalText || allText;

  if (!assistantMessage) {
    console.error("[Responses API] Response:", data);
    throw new Error("No response received from the model (no text)");
  }

  return assistantMessage;
}

export async function translate(text: string, language: string): Promise<string> {
  const res = await workflowAnswer(fetch("https://api.openai.com/v1/responses", {
    method: "POST",
    headers,
    body: JSON.stringify({ model: "gpt-6-luna", input: JSON.stringify({ text, language }) }),
  }));
  if (!res.ok) throw new Error("translate failed");
  const data = await res.json();
  return data.output_text ?? "";
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked: Promise<Response>): Promise<Response> {
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
  const headers2 = { "Content-Type": "application/json" };
  if (answered.status !== "completed" || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: "api_error", param: null, code: answered.error?.code || null };
    return new Response(JSON.stringify({ error }), { status: 502, headers: headers2 });
  }
  const body = JSON.stringify({ output_text: text, id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers: headers2 });
}
