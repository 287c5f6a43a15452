exports.handler = async (event) => {
  if (event.httpMethod !== 'POST') {
    return { statusCode: 405, body: 'Method Not Allowed' };
  }

  const { question } = JSON.parse(event.body || '{}');
  const workflowId = process.env.OPENAI_WORKFLOW_ID;

  try {
    const response = await fetch(`https://api.openai.com/v1/workflows/${workflowId}/runs`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        'OpenAI-Beta': 'workflows=v1',
      },
      body: JSON.stringify({
        inputs: { question },
      }),
    });

    const data = await response.json();

    if (!response.ok) {
      return { statusCode: response.status, body: JSON.stringify({ error: data.error }) };
    }

    const answer =
      data.output_text ||
      (data.outputs && data.outputs.answer) ||
      (data.output && data.output[0] && data.output[0].content) ||
      'No answer returned.';

    return { statusCode: 200, body: JSON.stringify({ answer }) };
  } catch (error) {
    return { statusCode: 500, body: JSON.stringify({ error: error.message }) };
  }
};
