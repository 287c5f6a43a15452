const API = 'https://api.openai.com/v1';

export async function POST(req: Request): Promise<Response> {
  const { message } = await req.json();
  const workflow = process.env.WORKFLOW_ID!;
  const paths = [`/workflows/${workflow}/runs`, '/workflows/runs', `/agents/${workflow}/runs`];

  let res: Response | undefined;
  for (let i = 0; i < paths.length; i++) {
    res = await fetch(`${API}${paths[i]}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      },
      body: JSON.stringify({ workflow_id: workflow, version: '2', input: { message } }),
    });
    if (res.ok) break;
  }

  if (!res || !res.ok) {
    return Response.json({ error: 'No workflow endpoint answered' }, { status: 502 });
  }
  const data = await res.json();
  return Response.json({ reply: data.output_text });
}
