import OpenAI from "openai";

const client = new OpenAI();

export async function chat(threadId, message, write) {
  await client.beta.threads.messages.create(threadId, { role: "user", content: message });
  for await (const chunk of client.beta.threads.runs.stream(threadId, { assistant_id: "asst_abc" })) {
    switch (chunk.event) {
      case "thread.run.created":
        console.log("run", chunk.data.id);
        break;
      case "thread.message.delta": {
        const text = chunk.data.delta.content.filter((c) => c.type === "text").map((c) => c.text.value).join("");
        write(text);
        break;
      }
      case "thread.run.completed":
        write(null);
        break;
    }
  }
}
