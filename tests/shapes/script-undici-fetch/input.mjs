import { fetch } from 'undici';

const [, , ...words] = process.argv;

const response = await fetch('https://api.openai.com/v1/workflows/wf_123/runs', {
  method: 'POST',
  headers: {
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    'Content-Type': 'application/json',
    'OpenAI-Beta': 'workflows=v1',
  },
  body: JSON.stringify({ input: { message: words.join(' ') } }),
});

if (!response.ok) {
  console.error(await response.text());
  process.exit(1);
}

const run = await response.json();
console.log(run.output_text);
