import OpenAI from 'openai';

const openai = new OpenAI();

async function main() {
  const response = await openai.responses.create({
    model: 'gpt-6-luna',
    instructions: 'Please address the user as Jane Doe.',
    tools: [{ type: 'code_interpreter', container: { type: 'auto' } }],
    input: 'I need to solve the equation `3x + 11 = 14`. Can you help me?',
  });

  if (response.status === 'completed') {
    if (!response.output_text) {
      throw new Error('OpenAI response has no text');
    }
    console.log(response.output_text);
  } else {
    console.log(response.status);
  }
}

main();
