const project: HeadersInit = { 'OpenAI-Project': process.env.OPENAI_PROJECT ?? '' };

function authorized(): HeadersInit {
  return { ...project, Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'Content-Type': 'application/json' };
}

export async function summarize(message: string) {
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: authorized(),
    body: JSON.stringify({ workflow_id: process.env.WORKFLOW_ID, input: { message } })
  });
  if (!response.ok) {
    throw new Error(`summary: ${response.status}`);
  }
  const { output } = await response.json();
  return { summary: output.message };
}
