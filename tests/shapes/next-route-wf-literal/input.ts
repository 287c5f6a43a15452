export async function POST(request: Request) {
  const { prompt } = await request.json();

  const completion = await fetch("https://api.openai.com/v1/workflows/wf_123abc/runs", {
    method: "POST",
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "Content-Type": "application/json",
      "OpenAI-Beta": "workflows=v1",
    },
    body: JSON.stringify({ input: prompt }),
  });

  if (completion.status !== 200) {
    return Response.json({ error: "The workflow did not run" }, { status: 500 });
  }

  const json = await completion.json();
  const result = json.output_text || json.output || "";
  return Response.json({ result });
}
