import OpenAI from "openai";

const openai = new OpenAI();

export async function ask(threadId, question, handlers) {
  const assistant = await openai.beta.assistants.create({
    model: "gpt-6.1-sol",
    instructions: "Use the functions.",
    tools: [{ type: "function", function: { name: "now", parameters: { type: "object", properties: {} } } }],
  });
  await openai.beta.threads.messages.create(threadId, { role: "user", content: question });
  let run = await openai.beta.threads.runs.createAndPoll(threadId, { assistant_id: assistant.id });
  if (run.status === "requires_action") {
    const tool_outputs = [];
    for (const call of run.required_action.submit_tool_outputs.tool_calls) {
      const { name, arguments: given } = call.function;
      tool_outputs.push({ tool_call_id: call.id, output: String(await handlers[name](JSON.parse(given))) });
    }
    run = await openai.beta.threads.runs.submitToolOutputsAndPoll(threadId, run.id, { tool_outputs });
  }
  const messages = await openai.beta.threads.messages.list(threadId);
  return messages.data[0].content[0].text.value;
}
