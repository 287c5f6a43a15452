const headers = {
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  "Content-Type": "application/json",
  "OpenAI-Beta": "assistants=v2",
};

export async function summarise(text: string): Promise<string> {
  // ASSISTANTS MODE: Use OpenAI Assistants API
  // Build thread messages
  const threadMessages = [
    {
      role: "user" as const,
      content: text,
    },
  ];

  console.log("[Assistants API] Creating thread and running assistant:", "wf_111");

  // Create thread and run assistant in one request
  const res = await fetch("https://api.openai.com/v1/threads/runs", {
    method: "POST",
    headers,
    body: JSON.stringify({ assistant_id: "wf_111", thread: { messages: threadMessages } }),
  });
  if (!res.ok) throw new Error("summarise failed");
  const data = await res.json();
  // Assistants API response format
  // The response is a Run object - we need to poll until it completes
  // For now, extract the message from the completed run
  const runId = data.id;
  const threadId = data.thread_id;
  const status = data.status;

  console.log("[Assistants API] Run created:", { runId, threadId, status });

  // Poll for completion
  let pollAttempts = 0;
  const maxAttempts = 30; // 30 seconds max

  let assistantMessage = "";

  while (pollAttempts < maxAttempts) {
    await new Promise(resolve => setTimeout(resolve, 1000)); // Wait 1 second

    const statusResponse = await fetch(`https://api.openai.com/v1/threads/${threadId}/runs/${runId}`, {
      headers: {
        "Authorization": `Bearer ${process.env.OPENAI_API_KEY}`,
        "OpenAI-Beta": "assistants=v2",
      },
    });

    const statusData = await statusResponse.json();
    console.log("[Assistants API] Run status:", statusData.status);

    if (statusData.status === "completed") {
      // Get messages from thread
      const messagesResponse = await fetch(`https://api.openai.com/v1/threads/${threadId}/messages`, {
        headers: {
          "Authorization": `Bearer ${process.env.OPENAI_API_KEY}`,
          "OpenAI-Beta": "assistants=v2",
        },
      });

      const messagesData = await messagesResponse.json();
      const latestMessage = messagesData.data[0]; // First message is the latest
      assistantMessage = latestMessage.content[0].text.value;
      break;
    } else if (statusData.status === "failed" || statusData.status === "cancelled") {
      throw new Error(`Assistant run ${statusData.status}: ${statusData.last_error?.message || 'Unknown error'}`);
    }

    pollAttempts++;
  }

  if (!assistantMessage) {
    console.error("[Assistants API] Response:", data);
    throw new Error("No response received from assistant (timeout or failed)");
  }

  return assistantMessage;
}

export async function translate(text: string, language: string): Promise<string> {
  const res = await workflowAnswer(fetch("https://api.openai.com/v1/threads/runs", {
    method: "POST",
    headers,
    body: JSON.stringify({ assistant_id: "wf_222", thread: { messages: [{ role: "user", content: JSON.stringify({ text, language }) }] } }),
  }), { ...headers, "OpenAI-Beta": "assistants=v2" });
  if (!res.ok) throw new Error("translate failed");
  const data = await res.json();
  return data.output_text ?? "";
}

// Waits for an Assistants API run and gives its text in the shape that this file reads.
async function workflowAnswer(
  asked: Promise<Response>,
  runHeaders: Record<string, string>
): Promise<Response> {
  const live = await asked;
  if (!live.ok) {
    return live;
  }
  let run = await live.json();
  const threadUrl = `https://api.openai.com/v1/threads/${run.thread_id}`;
  const runUrl = `${threadUrl}/runs/${run.id}`;
  const maxSeconds = 30;
  const deadline = Date.now() + maxSeconds * 1000;
  const ended = ["completed", "failed", "cancelled", "incomplete", "expired", "requires_action"];
  let failed = "";
  for (let delay = 500; !ended.includes(run.status) && !failed; delay = Math.min(delay * 1.5, 5000)) {
    if (Date.now() >= deadline) {
      await fetch(`${runUrl}/cancel`, { method: "POST", headers: runHeaders }).catch(() => {});
      failed = `gave up after ${maxSeconds} seconds`;
    } else {
      await new Promise(resolve => setTimeout(resolve, delay));
      const polled = await fetch(runUrl, { headers: runHeaders });
      if (!polled.ok) {
        return polled;
      }
      run = await polled.json();
    }
  }
  let text = "";
  if (run.status === "completed") {
    const messagesUrl = `${threadUrl}/messages?run_id=${run.id}&order=asc&limit=100`;
    const listed = await fetch(messagesUrl, { headers: runHeaders });
    if (!listed.ok) {
      return listed;
    }
    const messages = await listed.json();
    const parts = [];
    for (const message of messages.data) {
      parts.push(...(message.role === "assistant" ? message.content : []));
    }
    const refused = parts.find(part => part.type === "refusal");
    failed = refused ? `refused: ${refused.refusal}` : "";
    text = parts.filter(part => part.type === "text").map(part => part.text.value).join("\n\n");
  } else {
    failed = failed || run.last_error?.message || run.incomplete_details?.reason || run.status;
  }
  if (failed || !text) {
    const message = `Assistant run ${run.status}: ${failed || 'no text'}`;
    const error = { message, type: "api_error", param: null, code: run.last_error?.code || null };
    const failure = { status: 502, headers: { "Content-Type": "application/json" } };
    return new Response(JSON.stringify({ error }), failure);
  }
  const headers2 = { "Content-Type": "application/json" };
  const body = JSON.stringify({ output_text: text, id: run.id, status: "completed" });
  return new Response(body, { status: live.status, headers: headers2 });
}
