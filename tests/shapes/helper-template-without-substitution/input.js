export const ask = async (message) => {
  const response = await fetch(`https://api.openai.com/v1/workflows/runs`, {
    method: `POST`,
    headers: {
      "Content-Type": `application/json`,
      "Authorization": `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({
      workflow_id: process.env.WORKFLOW_ID,
      input: { message },
    }),
  });
  if (!response.ok) {
    throw new Error(`failed with ${response.status}`);
  }
  const data = await response.json();
  return data.output?.message || '';
};
