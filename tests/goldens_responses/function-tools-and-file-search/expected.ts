import OpenAI from 'openai';

const openai = new OpenAI();

export async function lookUp(question: string, image: string, storeId: string) {
  const response = await openai.responses.create({
    model: 'gpt-6-luna',
    instructions: [
      'Use the files.',
      `Today is ${new Date().toISOString()}.`,
    ].join('\n\n'),
    tools: [
      { type: 'file_search', vector_store_ids: [storeId], max_num_results: 5 },
      {
        type: 'function',
        name: 'weather',
        description: 'The weather of a city',
        parameters: {
          type: 'object',
          properties: { city: { type: 'string' } },
          required: ['city'],
        },
        strict: false,
      },
    ],
    tool_choice: { type: 'function', name: 'weather' },
    parallel_tool_calls: false,
    text: {
      format: { type: 'json_schema', name: 'answer', strict: true, schema: { type: 'object' } },
    },
    metadata: { from: 'docs' },
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: question },
          { type: 'input_image', image_url: image, detail: 'low' },
          { type: 'input_image', file_id: 'file-abc', detail: 'auto' },
        ],
      },
    ],
  });
  if (response.status === 'failed' || response.status === 'cancelled') {
    throw new Error(response.error?.message ?? 'unknown');
  }
  if (response.status !== 'completed') {
    throw new Error(`OpenAI response ${response.status}: ${response.error?.message ?? response.incomplete_details?.reason ?? 'no reason given'}`);
  }
  return response.output_text;
}
