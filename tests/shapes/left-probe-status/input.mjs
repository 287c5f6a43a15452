const res = await fetch('https://api.openai.com/v1/workflows/runs', {
  method: 'POST',
  headers: {
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    'Content-Type': 'application/json',
  },
  body: JSON.stringify({ workflow_id: 'wf_123', input: { message: 'ping' } }),
});

console.log('workflows/runs:', res.status, res.statusText);
