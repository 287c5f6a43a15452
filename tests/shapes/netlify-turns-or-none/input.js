exports.handler = async (event) => {
  const { question, turns } = JSON.parse(event.body);
  try {
    const answered = await fetch('https://api.openai.com/v1/workflows/' + process.env.OPENAI_WORKFLOW_ID + '/runs', {
      method: 'POST',
      headers: { Authorization: 'Bearer ' + process.env.OPENAI_API_KEY, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        input: { messages: [...(turns || []), { role: 'user', content: question }] },
      }),
    });
    const body = await answered.text();
    const parsed = JSON.parse(body);
    const answer = (parsed.output && parsed.output.text) || parsed.output_text || body;
    return { statusCode: 200, body: JSON.stringify({ answer }) };
  } catch (error) {
    return { statusCode: 500, body: JSON.stringify({ error: error.message }) };
  }
};
