import OpenAI from 'openai';

const openai = new OpenAI();

async function weather(city: string) {
  return { city, degrees: 21 };
}

export async function ask(question: string) {
  const thread = await openai.beta.threads.create();
  await openai.beta.threads.messages.create(thread.id, { role: 'user', content: question });

  let run = await openai.beta.threads.runs.createAndPoll(thread.id, {
    assistant_id: 'asst_abc',
    model: 'gpt-6.1-sol',
    instructions: 'Say how warm it is.',
    tools: [
      {
        type: 'function',
        function: {
          name: 'weather',
          parameters: { type: 'object', properties: { city: { type: 'string' } } },
        },
      },
    ],
  });

  // Call the functions that it asks for.
  while (run.status === 'requires_action' && run.required_action) {
    const toolCalls = run.required_action.submit_tool_outputs.tool_calls;
    const outputs = await Promise.all(
      toolCalls.map(async (toolCall) => {
        const given = JSON.parse(toolCall.function.arguments);
        console.log('calling', toolCall.function.name);
        return { tool_call_id: toolCall.id, output: JSON.stringify(await weather(given.city)) };
      }),
    );
    run = await openai.beta.threads.runs.submitToolOutputsAndPoll(run.id, {
      thread_id: thread.id,
      tool_outputs: outputs,
    });
  }

  if (run.status !== 'completed') {
    throw new Error(`Run ${run.status}`);
  }
  const messages = await openai.beta.threads.messages.list(thread.id);
  const content = messages.data[0].content[0];
  return content.type === 'text' ? content.text.value : 'No text';
}
