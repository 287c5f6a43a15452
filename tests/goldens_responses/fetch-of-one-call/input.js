export async function ask(messages, config) {
  const response = await fetch("https://api.openai.com/v1/threads/runs", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "Authorization": `Bearer ${config.apiKey}`,
      "OpenAI-Beta": "assistants=v2"
    },
    body: JSON.stringify({
      assistant_id: config.assistantId,
      thread: {
        messages: messages.map(m => ({ role: m.role, content: m.content }))
      }
    })
  });
  if (!response.ok) {
    const error = await response.json();
    throw new Error(error.error.message);
  }
  const run = await response.json();
  let current = run;
  let attempts = 0;
  while (attempts < 30) {
    await new Promise(resolve => setTimeout(resolve, 1000));
    const polled = await fetch(`https://api.openai.com/v1/threads/${run.thread_id}/runs/${run.id}`, {
      headers: { "Authorization": `Bearer ${config.apiKey}`, "OpenAI-Beta": "assistants=v2" }
    });
    current = await polled.json();
    console.log("status", current.status);
    if (current.status === "completed") {
      const listed = await fetch(`https://api.openai.com/v1/threads/${run.thread_id}/messages?limit=1`, {
        headers: { "Authorization": `Bearer ${config.apiKey}`, "OpenAI-Beta": "assistants=v2" }
      });
      const page = await listed.json();
      const latest = page.data[0]; // the newest comes first
      return latest.content[0].text.value;
    } else if (current.status === "failed" || current.status === "cancelled") {
      throw new Error(`Run ${current.status}: ${current.last_error?.message || "unknown"}`);
    }
    attempts++;
  }
  throw new Error("No answer in time");
}
