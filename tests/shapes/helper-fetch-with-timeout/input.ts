const LIMIT = 20_000;

async function fetchInTime(url: string, options: RequestInit = {}, limit = LIMIT) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), limit);
  try {
    return await fetch(url, { ...options, signal: controller.signal });
  } finally {
    clearTimeout(timer);
  }
}

export async function POST(request: Request) {
  const { question } = await request.json();
  const response = await fetchInTime(
    `https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`,
    {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        'Content-Type': 'application/json',
        'OpenAI-Beta': 'workflows=v1',
      },
      body: JSON.stringify({ input: { message: question } }),
    },
    45_000,
  );
  if (!response.ok) {
    return Response.json({ error: 'The assistant does not answer' }, { status: 502 });
  }
  const run = await response.json();
  return Response.json({ reply: run.output?.text || run.output || '' });
}
