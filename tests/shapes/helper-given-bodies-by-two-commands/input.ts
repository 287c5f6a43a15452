const post = (body: object) =>
  fetch(`https://api.openai.com/v1/workflows/${process.env.OPENAI_WORKFLOW_ID}/runs`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify(body),
  });

export async function mentioned(question: string, channel: string) {
  const res = await post({ input: { message: question, channel } });
  if (!res.ok) {
    console.error(`workflow: ${res.status}`);
    return { text: ":warning: I could not reach the workflow." };
  }
  const { output } = await res.json();
  return { text: output?.message ?? "…" };
}

export async function summarized(text: string) {
  const res = await post({ input: { message: `Summarize: ${text}` } });
  const data = await res.json();
  return { text: res.ok ? data.output_text : `Error: ${data.error?.message}` };
}
