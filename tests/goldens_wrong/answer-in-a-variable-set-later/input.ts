export async function ask(question: string) {
  let response: Response | undefined;
  let data: any = null;
  for (let attempt = 0; attempt < 2; attempt += 1) {
    response = await fetch('https://api.openai.com/v1/responses', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
      body: JSON.stringify({ model: 'gpt-6-luna', messages: [{ role: 'user', content: question }] }),
    });
    if (response.ok) break;
  }
  data = await response?.json().catch(() => null);
  return data?.choices?.[0]?.message?.content;
}
