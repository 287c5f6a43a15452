type Task = { input_as_text: string; board?: string };

export async function assist(task: Task): Promise<{ text: string; parsed: unknown }> {
  try {
    const response = await workflowAnswer(fetch("https://api.openai.com/v1/responses", {
      method: "POST",
      headers: {
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        "Content-Type": "application/json",
      },
      body: JSON.stringify({ model: "gpt-6-luna", input: task.input_as_text }),
    }));

    if (response.ok) {
      const data = await response.json();
      let output = data.outputs?.output_text ?? data.outputs?.output_parsed ?? data.outputs;

      if (typeof output === "string") {
        try {
          output = JSON.parse(output);
        } catch {
          // plain words are right as they are
        }
      }

      if (output && typeof output === "object" && "output_text" in output) {
        return { text: String(output.output_text), parsed: output };
      }
      return {
        text: typeof output === "string" ? output : JSON.stringify(output),
        parsed: output,
      };
    }
    console.warn("no help:", response.status, await response.text());
  } catch (error) {
    console.error("no help:", error);
  }
  return { text: "by hand", parsed: null };
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
  const headers = { "Content-Type": "application/json" };
  if (answered.status !== "completed" || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: "api_error", param: null, code: answered.error?.code || null };
    return new Response(JSON.stringify({ error }), { status: 502, headers });
  }
  const body = JSON.stringify({ output_text: text, outputs: { output_text: text }, id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
