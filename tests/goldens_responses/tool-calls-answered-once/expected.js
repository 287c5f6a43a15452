import OpenAI from "openai";

const openai = new OpenAI();

export async function ask(threadId, question, handlers) {
  // Stored thread_... ids ended with the Assistants API; a conversation has an id of its own.
  let response = await openai.responses.create({
    model: "gpt-6.1-sol",
    instructions: "Use the functions.",
    conversation: threadId,
    tools: [
      {
        type: "function",
        name: "now",
        parameters: { type: "object", properties: {} },
        strict: false,
      },
    ],
    input: question,
  });
  if (response.output.some((item) => item.type === "function_call")) {
    const tool_outputs = [];
    for (const call of response.output.filter((item) => item.type === "function_call")) {
      const { name, arguments: given } = call;
      tool_outputs.push({ type: "function_call_output", call_id: call.call_id, output: String(await handlers[name](JSON.parse(given))) });
    }
    response = await openai.responses.create({
      model: "gpt-6.1-sol",
      instructions: "Use the functions.",
      conversation: threadId,
      tools: [
        {
          type: "function",
          name: "now",
          parameters: { type: "object", properties: {} },
          strict: false,
        },
      ],
      input: tool_outputs,
    });
  }
  if (response.status !== "completed" || !response.output_text) {
    throw new Error(`OpenAI response ${response.status}: ${response.error?.message ?? response.incomplete_details?.reason ?? 'it has no text'}`);
  }
  return response.output_text;
}
