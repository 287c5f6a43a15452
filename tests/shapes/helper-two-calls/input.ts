const headers = {
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  "Content-Type": "application/json",
  "OpenAI-Beta": "workflows=v1",
};

export async function summarise(text: string): Promise<string> {
  const res = await fetch("https://api.openai.com/v1/workflows/wf_111/runs", {
    method: "POST",
    headers,
    body: JSON.stringify({ input: { message: text } }),
  });
  if (!res.ok) throw new Error("summarise failed");
  const data = await res.json();
  return data.output_text ?? "";
}

export async function translate(text: string, language: string): Promise<string> {
  const res = await fetch("https://api.openai.com/v1/workflows/wf_222/runs", {
    method: "POST",
    headers,
    body: JSON.stringify({ input: { text, language } }),
  });
  if (!res.ok) throw new Error("translate failed");
  const data = await res.json();
  return data.output_text ?? "";
}
