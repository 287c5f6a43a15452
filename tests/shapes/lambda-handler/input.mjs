const { OPENAI_API_KEY, WORKFLOW_ID } = process.env;

export const handler = async (event) => {
  const { message } = JSON.parse(event.body ?? '{}');

  const body = JSON.stringify({
    workflow_id: WORKFLOW_ID,
    input: { message },
  });

  const response = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${OPENAI_API_KEY}`,
    },
    body,
  });

  if (!response.ok) {
    console.error('OpenAI', response.status, await response.text());
    return { statusCode: 502, body: JSON.stringify({ error: 'Bad gateway' }) };
  }

  const data = await response.json();
  return {
    statusCode: 200,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ reply: data.output?.message ?? data.output_text ?? '' }),
  };
};
