async function callOpenAI(path, payload, extra = {}) {
  const response = await fetch("https://api.openai.com/v1" + path, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      ...extra,
    },
    body: JSON.stringify(payload),
  });
  const data = await response.json();
  if (!response.ok) {
    const error = new Error(data?.error?.message || "OpenAI did not answer");
    error.status = response.status;
    throw error;
  }
  return data;
}

export async function entitled(text) {
  const chat = await callOpenAI("/chat/completions", {
    model: "gpt-5.4-mini",
    messages: [{ role: "user", content: `A title for: ${text}` }],
  });
  const run = await callOpenAI(
    "/workflows/runs",
    { workflow_id: process.env.WORKFLOW_ID, input: { message: text } },
    { "OpenAI-Beta": "workflows=v1" }
  );
  return { title: chat.choices[0].message.content, text: run.output_text ?? run.output?.message ?? null };
}
