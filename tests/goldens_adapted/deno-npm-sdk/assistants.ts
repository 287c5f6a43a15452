import OpenAI from "npm:openai@4";

const openai = new OpenAI({ apiKey: Deno.env.get("OPENAI_API_KEY") });

Deno.serve(async (req: Request) => {
  try {
    const { question, visitor } = await req.json();

    // @ts-ignore: workflows are too new for the types
    const result = await workflowAnswer(openai.beta.threads.createAndRunPoll({
      assistant_id: Deno.env.get("OPENAI_WORKFLOW_ID"),
      thread: { messages: [{ role: "user", content: typeof question === "string" ? question : JSON.stringify(question) }] },
    }, { pollIntervalMs: 1000, signal: AbortSignal.timeout(30000) }), openai);

    return Response.json({ answer: result.output_text });
  } catch (error) {
    return Response.json({ error: String(error) }, { status: 502 });
  }
});

// Takes an ended Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(asked: PromiseLike<any>, client: any): Promise<any> {
  const run = await asked;
  let text = "";
  let failed: string;
  if (run.status === "completed") {
    const listing = { run_id: run.id, order: "asc", limit: 100 };
    const messages = await client.beta.threads.messages.list(run.thread_id, listing);
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
  return { output_text: text, id: run.id, status: "completed" };
}
