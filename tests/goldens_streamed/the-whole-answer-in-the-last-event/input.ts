export async function POST(req: Request) {
  const { message } = await req.json();
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ workflow_id: process.env.WORKFLOW_ID, input: { message }, stream: true }),
  });
  if (!res.ok) return Response.json({ error: 'upstream' }, { status: res.status });
  const reader = res.body!.getReader();
  const decoder = new TextDecoder();
  let buffer = '';
  let reply = '';
  while (true) {
    const { done, value } = await reader.read();
    if (done) break;
    buffer += decoder.decode(value, { stream: true });
    const lines = buffer.split('\n');
    buffer = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data:')) continue;
      const data = line.slice(5).trim();
      const event = JSON.parse(data);
      if (event.type === 'workflow.finished') reply = event.output.text;
    }
  }
  return Response.json({ reply });
}
