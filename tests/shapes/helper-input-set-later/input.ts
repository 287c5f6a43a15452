export async function enquire(text: string, lang?: string): Promise<string> {
  const payload: Record<string, any> = { workflow_id: process.env.WORKFLOW_ID };
  payload.input = { text };
  if (lang) {
    payload.input.lang = lang;
  }
  if (process.env.WORKFLOW_VERSION) payload.version = process.env.WORKFLOW_VERSION;

  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify(payload),
  });
  if (!response.ok) throw new Error(`The run failed: ${response.status}`);
  const data = await response.json();
  return data.output_text;
}
