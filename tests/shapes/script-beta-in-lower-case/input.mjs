import process from 'node:process'

const headers = {
  authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  'content-type': 'application/json',
  'openai-beta': 'workflows=v1',
}

const started = await fetch(`https://api.openai.com/v1/workflows/${process.env.OPENAI_WORKFLOW_ID}/runs`, {
  method: 'POST',
  headers,
  body: JSON.stringify({ input: { input_as_text: process.argv[2] } }),
})
const text = await started.text()
if (!started.ok) {
  console.error('failed:', started.status, text)
  process.exit(1)
}
const run = JSON.parse(text)
console.log(run.output_text ?? run.output?.text)
