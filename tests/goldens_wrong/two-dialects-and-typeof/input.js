export async function ask(question) {
  const response = await fetch("https://api.openai.com/v1/responses", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Authorization": `Bearer ${process.env.OPENAI_API_KEY}` },
    body: JSON.stringify({ "model": "gpt-6-luna", "input": question }),
  });
  const data = await response.json();
  if (!response.ok) {
    throw new Error(`OpenAI ${response.status}: ${JSON.stringify(data)}`);
  }
  const reply = data?.output_text?.trim();
  if (!reply) throw new Error("OpenAI gave an empty reply: no text");
  return reply;
}

export async function shout(question) {
  const res = await fetch('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
    body: JSON.stringify({ model: 'gpt-6-luna', input: question }),
  });
  const json = await res.json();
  const text = typeof json.output_text === 'string' ? json.output_text.trim() : '';
  return text.toUpperCase();
}
