import OpenAI from "openai";

const client = new OpenAI();

export async function chat(threadId, message, write) {
  // Stored thread_... ids ended with the Assistants API; a conversation has an id of its own.
  for await (const chunk of answerEvents(await client.responses.create({
    model: "gpt-6-luna",
    conversation: threadId,
    stream: true,
    input: message
  }))) {
    if (chunk.type === "response.failed" || chunk.type === "response.incomplete") {
      throw new Error(`OpenAI response ${chunk.response.status}: ${chunk.response.error?.message ?? chunk.response.incomplete_details?.reason ?? 'no reason given'}`);
    }
    if (chunk.type === "error") {
      throw new Error(chunk.message);
    }
    switch (chunk.type) {
      case "response.created":
        console.log("run", chunk.response.id);
        break;
      case "response.output_text.delta": {
        const text = chunk.delta;
        write(text);
        break;
      }
      case "response.completed":
        write(null);
        break;
    }
  }
}

// Gives a response's events without those of commentary; throws a refusal, and where it has no end.
async function* answerEvents(stream) {
  const comments = new Set();
  let ended = false;
  for await (const event of stream) {
    ended = ended || /^(error|response\.(completed|failed|incomplete))$/.test(event.type);
    if (event.type === "response.output_item.added" && event.item.phase === "commentary") {
      comments.add(event.output_index);
    }
    if (event.type === "response.refusal.done") {
      throw new Error(`OpenAI response refused: ${event.refusal}`);
    }
    if (!comments.has(event.output_index)) {
      yield event;
    }
  }
  if (!ended) {
    throw new Error("OpenAI response unfinished: the stream ended");
  }
}
