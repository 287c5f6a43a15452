import OpenAI from 'openai';

const openai = new OpenAI();

export async function lookUp(question: string, image: string, storeId: string) {
  const thread = await openai.beta.threads.create({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: question },
          { type: 'image_url', image_url: { url: image, detail: 'low' } },
          { type: 'image_file', image_file: { file_id: 'file-abc' } },
        ],
      },
    ],
    tool_resources: { file_search: { vector_store_ids: [storeId] } },
  });
  const run = await openai.beta.threads.runs.createAndPoll(thread.id, {
    assistant_id: 'asst_abc123',
    model: 'gpt-6-luna',
    instructions: 'Use the files.',
    additional_instructions: `Today is ${new Date().toISOString()}.`,
    tools: [
      { type: 'file_search', file_search: { max_num_results: 5 } },
      {
        type: 'function',
        function: {
          name: 'weather',
          description: 'The weather of a city',
          parameters: {
            type: 'object',
            properties: { city: { type: 'string' } },
            required: ['city'],
          },
        },
      },
    ],
    tool_choice: { type: 'function', function: { name: 'weather' } },
    parallel_tool_calls: false,
    truncation_strategy: { type: 'auto' },
    max_prompt_tokens: 4000,
    metadata: { from: 'docs' },
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'answer', strict: true, schema: { type: 'object' } },
    },
  });
  if (run.status === 'failed' || run.status === 'expired' || run.status === 'cancelled') {
    throw new Error(run.last_error?.message ?? 'unknown');
  }
  const messages = await openai.beta.threads.messages.list(thread.id);
  return messages.data
    .filter((m) => m.role === 'assistant')[0]
    ?.content.filter((c) => c.type === 'text')
    .map((c) => c.text.value)
    .join('\n');
}
