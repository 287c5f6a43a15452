const id = process.env.WORKFLOW_ID;
const paths = [
  `/v1/workflows/${id}/runs`,
  `/v1/workflows/${id}/invoke`,
  `/v1/workflows/${id}/sessions`,
];

(async () => {
  for (const path of paths) {
    const res = await fetch(`https://api.openai.com${path}`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify({ input: { message: 'ping' } }),
    });
    console.log(path, '->', res.status);
  }
})();
