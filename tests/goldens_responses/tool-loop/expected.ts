import OpenAI from 'openai';

const openai = new OpenAI();

async function weather(city: string) {
  return { city, degrees: 21 };
}

export async function ask(question: string) {
  let response = await openai.responses.create({
    model: 'gpt-6.1-sol',
    instructions: 'Say how warm it is.',
    tools: [
      {
        type: 'function',
        name: 'weather',
        parameters: { type: 'object', properties: { city: { type: 'string' } } },
        strict: false,
      },
    ],
    input: question,
  });

  // Call the functions that it asks for.
  while (response.output.some((item) => item.type === 'function_call')) {
    const toolCalls = response.output.filter((item) => item.type === 'function_call');
    const outputs = await Promise.all(
      toolCalls.map(async (toolCall) => {
        const given = JSON.parse(toolCall.arguments);
        console.log('calling', toolCall.name);
        return { type: 'function_call_output' as const, call_id: toolCall.call_id, output: JSON.stringify(await weather(given.city)) };
      }),
    );
    response = await openai.responses.create({
      model: 'gpt-6.1-sol',
      instructions: 'Say how warm it is.',
      previous_response_id: response.id,
      tools: [
        {
          type: 'function',
          name: 'weather',
          parameters: { type: 'object', properties: { city: { type: 'string' } } },
          strict: false,
        },
      ],
      input: outputs,
    });
  }

  if (response.status !== 'completed') {
    throw new Error(`Run ${response.status}`);
  }
  return response.output_text || 'No text';
}
