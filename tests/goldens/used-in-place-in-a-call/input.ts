export async function POST(request: Request) {
  const { userMessage, config } = await request.json();
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${config.apiKey}`
    },
    body: JSON.stringify({
      workflow_id: config.workflowId,
      input: {
        message: userMessage
      }
    })
  });
  const data = await response.json();

  return NextResponse.json({ reply: data.output?.message || '', id: data.id });
}
