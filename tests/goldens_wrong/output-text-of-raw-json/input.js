// The SDK has `output_text`; the JSON of a fetch has not.
const API_URL = 'https://api.openai.com/v1'

export async function summarize(text) {
  const res = await fetch(`${API_URL}/responses`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'Content-Type': 'application/json'
    },
    body: JSON.stringify({
      model: 'gpt-6-luna',
      instructions: 'Summarize.',
      input: text
    })
  })
  if (!res.ok) throw new Error(`HTTP ${res.status}`)
  const json = await res.json()
  return json.output_text.trim()
}
