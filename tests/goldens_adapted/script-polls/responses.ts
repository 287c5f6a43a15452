const auth = {
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
};

async function main(): Promise<void> {
  const started = await workflowAnswer(fetch("https://api.openai.com/v1/responses", {
    method: "POST",
    headers: { ...auth, "Content-Type": "application/json" },
    body: JSON.stringify({ model: "gpt-6-luna", input: process.argv[2] }),
  }));
  if (!started.ok) throw new Error(`could not start: ${started.status}`);
  const { id } = await started.json();

  for (let i = 0; i < 60; i += 1) {
    const res = await workflowAnswer2(fetch(`https://api.openai.com/v1/responses/${id}`, { headers: auth }));
    const run = await res.json();
    if (run.status === "completed") {
      console.log(run.output.text);
      return;
    }
    if (run.status === "failed") throw new Error("the run failed");
    process.stdout.write(".");
    await new Promise((r) => setTimeout(r, 1000));
  }
  throw new Error("timed out");
}

main().catch((e) => {
  console.error(e.message);
  process.exit(1);
});

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
  const body = JSON.stringify({ output_text: text, output: { text }, id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
// The file would show an error for an answer, so what is no answer is thrown.
async function workflowAnswer2(asked: Promise<Response>): Promise<Response> {
  const live = await asked;
  if (!live.ok) {
    throw new Error(`Responses API error ${live.status}: ${await live.text()}`);
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
  if (answered.status !== "completed" || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    throw new Error(`Response ${answered.status}: ${reason || 'no text'}`);
  }
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ output_text: text, output: { text }, id: answered.id, status: "completed" });
  return new Response(body, { status: live.status, headers });
}
