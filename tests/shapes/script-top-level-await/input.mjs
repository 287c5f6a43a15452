import 'dotenv/config';

const question = process.argv[2] ?? 'Hello';

const response = await fetch('https://api.openai.com/v1/workflows/runs', {
  method: 'POST',
  headers: {
    'Content-Type': 'application/json',
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  },
  body: JSON.stringify({
    workflow_id: 'wf_123',
    input: { message: question },
  }),
});

if (!response.ok) {
  console.error('Request failed', response.status, await response.text());
  process.exit(1);
}

const data = await response.json();
console.log('Answer:', data.output?.message || '(empty)');
