async function tryPost(url, body) {
  const r = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
    body: JSON.stringify(body),
  });
  let json = {};
  try {
    json = await r.json();
  } catch {}
  return { status: r.status, json };
}

exports.handler = async (event) => {
  const { text } = JSON.parse(event.body);
  const { json } = await tryPost('https://api.openai.com/v1/workflows/runs', {
    workflow_id: process.env.WORKFLOW_ID,
    input: { text },
  });
  const summary = json.output_text || json.output || JSON.stringify(json);
  return { statusCode: 200, body: JSON.stringify({ summary }) };
};
