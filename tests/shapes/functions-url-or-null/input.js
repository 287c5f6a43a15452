const KEY = process.env.OPENAI_API_KEY;
const AGENT = process.env.WORKFLOW_ID;

const runsOf = (agent) => (agent ? `https://api.openai.com/v1/workflows/${agent}/runs` : null);

const runsUrl = runsOf(AGENT);

exports.handler = async (event) => {
  if (!KEY || !runsUrl) {
    return { statusCode: 500, body: JSON.stringify({ error: "Not set up" }) };
  }

  const { message } = JSON.parse(event.body || "{}");
  const response = await fetch(runsUrl, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${KEY}`,
      "OpenAI-Beta": "workflows=v1",
    },
    body: JSON.stringify({ input: { input_as_text: message } }),
  });
  const run = await response.json();
  if (!response.ok) {
    return { statusCode: response.status, body: JSON.stringify({ error: run.error }) };
  }
  return { statusCode: 200, body: JSON.stringify({ reply: run.output_text }) };
};
