const DIFY = 'https://api.dify.ai/v1';

export async function runDify(query, user) {
  const response = await fetch(DIFY + '/workflows/run', {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${process.env.DIFY_KEY}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ inputs: { query }, response_mode: 'blocking', user }),
  });
  const data = await response.json();
  return data.data.outputs.text;
}
