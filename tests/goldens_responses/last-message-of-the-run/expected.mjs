import OpenAI from 'openai'
const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY })

export async function ask(question, options = {}) {
  const response = await openai.responses.create({
    model: 'gpt-6-luna',
    input: [{ role: 'user', content: [{ type: 'input_text', text: question }] }]
  })
  // Wait for 1 second
  if (response.status === 'completed') {
    if (response.output_text) return response.output_text.replace(/【.*?】/g, '');
  } else {
    console.log(response.status);
  }
}
